/**
 * Closes every test run with what was skipped, by name, the notes that tests leave (`annotate(text, 'note')`), and one line
 * `N passed, N failed, N skipped`.
 * Under NICWRIGHT_REQUIRE_REAL=1 a skipped test is a failure of the run.
 */
import type { Reporter, TestModule } from 'vitest/node';

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let passed = 0;
    let failed = 0;
    const skipped: string[] = [];
    const notes: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        notes.push(
          ...test
            .annotations()
            .filter(({ type }) => type === 'note')
            .map(({ message }) => message),
        );
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failed += 1;
        else skipped.push(test.fullName);
      }
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0) failed += 1;
    }
    const lines = [
      ...(skipped.length > 0 ? ['', 'Skipped:', ...skipped.map((name) => `  ${name}`)] : []),
      ...(notes.length > 0 ? ['', 'Notes:', ...notes.map((note) => `  ${note}`)] : []),
      '',
      `${passed} passed, ${failed} failed, ${skipped.length} skipped`,
    ];
    if (skipped.length > 0 && process.env['NICWRIGHT_REQUIRE_REAL'] === '1') {
      lines.splice(-1, 0, 'NICWRIGHT_REQUIRE_REAL=1: nothing may be skipped.');
      process.exitCode = 1;
    }
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}
