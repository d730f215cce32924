/** Mocha's `spec` report; the counts also go to the file named by GATED_IMPORTS_TEST_COUNTS. */
"use strict";
const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()));
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const path = process.env.GATED_IMPORTS_TEST_COUNTS;
      const { passes, failures } = this.stats;
      if (path) writeFileSync(path, JSON.stringify({ passed: passes, failed: failures, skipped }));
    });
  }
};
