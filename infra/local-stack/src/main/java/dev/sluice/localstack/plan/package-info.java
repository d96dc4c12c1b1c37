/**
 * What {@code ./sluice plan} answers: what a tier of the account carries. It reads the tiers where
 * the services read them and leaves the arithmetic to {@code dev.sluice.common.budget.Planner}.
 * Everything runs on the caller's thread; nothing else has to run.
 */
@NullMarked
package dev.sluice.localstack.plan;

import org.jspecify.annotations.NullMarked;
