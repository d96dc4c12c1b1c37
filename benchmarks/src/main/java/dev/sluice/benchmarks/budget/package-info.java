/**
 * How much of a shared limit is used, and how often the provider says no, by Sluice and by what one
 * would do without it. All subjects get the same requests and meet the same strict provider, whose
 * audit is the judge.
 */
@NullMarked
package dev.sluice.benchmarks.budget;

import org.jspecify.annotations.NullMarked;
