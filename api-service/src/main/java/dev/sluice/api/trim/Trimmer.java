package dev.sluice.api.trim;

import dev.sluice.common.token.TokenCounter;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fits conversations to their model, as it is configured and as the request itself wants it.
 * Thread-safe.
 *
 * <p>Never more than the model's context less {@code max_output_tokens} passes, nor more than the
 * operator allows. Where older turns may go, they go, and some room is left for an answer of no
 * stated length; where they may not, the conversation is refused, as the provider would have done.
 */
public final class Trimmer {
  private final TokenCounter counter;
  private final TrimProperties properties;

  public Trimmer(TokenCounter counter, TrimProperties properties) {
    this.counter = counter;
    this.properties = properties;
  }

  /** Counts {@code body}, so that its pool can be chosen; then {@link #fit} it. */
  public Conversation read(ObjectNode body) {
    return Conversation.of(body, counter);
  }

  /**
   * Leaves out what must go of {@code conversation}, if it may.
   *
   * @param pool on which the request draws
   * @param mostCharge the largest charge that the pool ever grants, tokens: older turns go until it
   *     is reached; what is larger all the same is the caller's to refuse
   */
  public Trimming fit(Conversation conversation, String pool, long mostCharge) {
    long maxOutput = conversation.field("max_output_tokens").asLong(0);
    var context = properties.contextOf(conversation.model());
    long allowed = properties.allowedIn(pool);
    long most = Math.min(allowed, context.input(maxOutput));
    var truncation = conversation.field("truncation").asString("");
    if (!properties.mode().mayDrop(truncation)) return conversation.whole(Math.max(0, most));
    long room = maxOutput > 0 ? maxOutput : properties.answerTokens();
    long wanted = Math.min(allowed, context.input(room));
    long step = (long) (properties.step() * Math.min(wanted, mostCharge));
    return conversation.trim(new Limits(most, wanted, mostCharge, step));
  }

  /**
   * Leaves the oldest turns of {@code body} out until it has no more than {@code limit} input
   * tokens, whatever the configuration and the request say.
   */
  public Trimming trim(ObjectNode body, long limit) {
    return read(body).trim(new Limits(limit, limit, Limits.NONE, 1));
  }
}
