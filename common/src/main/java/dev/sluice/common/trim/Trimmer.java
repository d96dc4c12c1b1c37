package dev.sluice.common.trim;

import dev.sluice.common.config.MisconfiguredException;
import dev.sluice.common.token.TokenCounter;
import java.util.Set;
import java.util.TreeSet;
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

  /**
   * As it is configured.
   *
   * @param pools that there are
   * @throws MisconfiguredException if a limit is set for another one
   */
  public static Trimmer of(TrimProperties properties, Set<String> pools) {
    var unknown = new TreeSet<>(properties.poolMaxInputTokens().keySet());
    unknown.removeAll(pools);
    if (!unknown.isEmpty())
      throw new MisconfiguredException(
          "set sluice.trim.pool-max-input-tokens for pools of %s only; there is no pool %s"
              .formatted(new TreeSet<>(pools), unknown.first()));
    return new Trimmer(new TokenCounter(), properties);
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
   * @param mostBytes of the body as JSON, UTF-8
   */
  public Trimming fit(Conversation conversation, String pool, long mostCharge, long mostBytes) {
    long maxOutput = conversation.field("max_output_tokens").asLong(0);
    var context = properties.contextOf(conversation.model());
    long allowed = properties.allowedIn(pool);
    long most = Math.min(allowed, context.input(maxOutput));
    var truncation = conversation.field("truncation").asString("");
    if (!properties.mode().mayDrop(truncation))
      return conversation.whole(Math.max(0, most), mostBytes);
    long room = maxOutput > 0 ? maxOutput : properties.answerTokens();
    long wanted = Math.min(allowed, context.input(room));
    long step = (long) (properties.step() * Math.min(wanted, mostCharge));
    long wantedBytes = mostBytes - (long) (properties.step() * mostBytes);
    return conversation.trim(new Limits(most, wanted, mostCharge, step, mostBytes, wantedBytes));
  }

  /**
   * Leaves out what must go of a body that the provider has refused as too long for its model, if
   * it may; always a turn at least, whatever we had counted.
   *
   * @param told the provider's own figures
   */
  public Trimming again(ObjectNode body, ContextLimit told) {
    var conversation = read(body);
    long counted = conversation.count().input();
    // The provider's figures in tokens as we count them
    double scale = (double) counted / told.inputAtLeast(counted);
    long answer = told.holdsAnswer() ? conversation.field("max_output_tokens").asLong(0) : 0;
    long most = Math.min(counted - 1, (long) (scale * (told.limit() - answer)));
    if (!properties.mode().mayDrop(conversation.field("truncation").asString("")))
      return new Trimming.TooLong(counted, Math.max(0, most), false);
    long room = told.holdsAnswer() && answer == 0 ? roomIn(told.limit()) : 0;
    long step = (long) (properties.step() * Math.max(0, most));
    return conversation.trim(new Limits(most, most - (long) (scale * room), Limits.NONE, step));
  }

  /** For an answer of no stated length; a small context is not given to it alone. */
  private long roomIn(long context) {
    return Math.min(properties.answerTokens(), context / 4);
  }
}
