// @ts-check
/**
 * Progress of steps that may run side by side. On a terminal every running step has a line of its
 * own, redrawn in place; elsewhere a step prints a line when it starts, every 30 seconds and when it
 * ends. CommonJS, so that both the setup (before anything is compiled) and the TypeScript parts use it.
 * @import { Progress, ProgressOptions, Step } from "./progress.cjs"
 */
"use strict";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const redrawEvery = 120;
const reportEvery = 30_000;
/** Characters of a step's detail in a plain line. */
const plainDetail = 80;

/** @typedef {{ title: string, detail: string, began: number, reported: number }} Running */

/**
 * Seconds in the shortest form that still tells steps apart: `0.4 s`, `12 s`, `3 min 05 s`.
 * @param {number} milliseconds
 */
function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/**
 * Whether a stream is a terminal that can redraw lines: not under CI and not a dumb one.
 * @param {{ isTTY?: boolean }} stream
 * @param {NodeJS.ProcessEnv} env
 */
function isLive(stream, env) {
  return stream.isTTY === true && !env.CI && env.TERM !== "dumb";
}

/**
 * Wraps text in an ANSI colour when the stream shows colours.
 * @param {{ isTTY?: boolean }} stream
 * @param {NodeJS.ProcessEnv} env
 */
function painter(stream, env) {
  const colours = isLive(stream, env) && !env.NO_COLOR;
  return (/** @type {string} */ code, /** @type {string} */ text) =>
    colours ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/**
 * Cuts a line at the terminal's width, so that redrawing in place never meets a wrapped line.
 * @param {string} line
 * @param {number} width
 */
function fit(line, width) {
  const characters = [...line];
  return characters.length < width
    ? line
    : `${characters.slice(0, Math.max(1, width - 2)).join("")}…`;
}

/**
 * @param {ProgressOptions} [options]
 * @returns {Progress}
 */
function openProgress({ stream = process.stderr, env = process.env, now = Date.now } = {}) {
  const live = isLive(stream, env);
  const paint = painter(stream, env);
  /** @type {Set<Running>} */
  const running = new Set();
  let drawnLines = 0;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;

  const erase = () => {
    if (drawnLines > 0) stream.write(`\u001b[${drawnLines}A\u001b[0J`);
    drawnLines = 0;
  };
  const draw = () => {
    const width = stream.columns ?? 80;
    // More lines than the terminal has would scroll away and could not be erased.
    const shown = [...running].slice(0, Math.max(1, (stream.rows ?? 24) - 2));
    const frame = frames[Math.floor(now() / redrawEvery) % frames.length] ?? "";
    for (const { title, detail, began } of shown) {
      const text = `${title}  ${duration(now() - began)}${detail ? `  ${detail}` : ""}`;
      stream.write(`${paint("36", frame)} ${fit(text, width - 2)}\n`);
    }
    drawnLines = shown.length;
  };
  /** @param {string} [line] */
  const write = (line) => {
    if (live) erase();
    if (line !== undefined) stream.write(`${line}\n`);
    if (live) draw();
  };
  const tick = () => {
    if (live) return write();
    for (const step of running) {
      if (now() - step.reported < reportEvery) continue;
      step.reported = now();
      const detail = step.detail ? `: ${fit(step.detail, plainDetail)}` : "";
      stream.write(`${step.title}: still running (${duration(now() - step.began)})${detail}\n`);
    }
  };
  const stopTimer = () => {
    clearInterval(timer);
    timer = undefined;
  };

  return {
    live,
    start(title) {
      /** @type {Running} */
      const step = { title, detail: "", began: now(), reported: now() };
      running.add(step);
      timer ??= setInterval(tick, live ? redrawEvery : 1000).unref();
      write(live ? undefined : `${title} ...`);
      const end = (/** @type {string} */ mark, /** @type {string} */ text) => {
        if (!running.delete(step)) return;
        if (running.size === 0) stopTimer();
        write(live ? `${mark} ${text}` : text);
      };
      /** @type {Step} */
      const handle = {
        update(detail) {
          step.detail = detail.replace(/\s+/g, " ").trim();
        },
        done(note) {
          const time = duration(now() - step.began);
          end(paint("32", "✓"), `${title}: ${note ? `${note}, ` : "done in "}${time}`);
        },
        fail(note) {
          const time = duration(now() - step.began);
          end(paint("31", "✗"), `${title}: ${note ?? "failed"} (after ${time})`);
        },
        stop(note) {
          end(paint("33", "-"), `${title}: ${note ?? "stopped"}`);
        },
      };
      return handle;
    },
    note: (line) => write(line),
    paint,
    close() {
      stopTimer();
      if (live) erase();
      running.clear();
    },
  };
}

module.exports = { openProgress, duration };
