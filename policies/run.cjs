#!/usr/bin/env node
/**
 * The policy pack as a program that the Pulumi engine starts itself: `pulumi preview --policy-pack policies/run.cjs`
 * needs no Node.js language host. TypeScript is transpiled, not checked. The engine calls from the project's folder.
 */
"use strict";

// Where the SDK looks for the pack's package.json.
process.chdir(__dirname);
require("ts-node").register({
  cwd: __dirname,
  skipProject: true,
  transpileOnly: true,
  compilerOptions: { module: "commonjs", target: "es2022", esModuleInterop: true },
});
require("./index.ts");
