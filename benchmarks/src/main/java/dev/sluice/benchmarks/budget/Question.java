package dev.sluice.benchmarks.budget;

import dev.sluice.common.token.TokenCounter;

/**
 * One request.
 *
 * @param id unique in the run; a call says {@code <id>/<attempt>} to the provider
 * @param user who asks
 * @param tokens its input, and what the provider charges for it
 * @param body as a client sends it
 */
record Question(String id, String user, TokenCounter.Count tokens, String body) {}
