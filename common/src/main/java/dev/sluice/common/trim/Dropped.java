package dev.sluice.common.trim;

/**
 * What was left out of a conversation.
 *
 * @param droppedItems input items
 * @param droppedTokens what they counted
 */
public record Dropped(int droppedItems, long droppedTokens) {
  public static final Dropped NOTHING = new Dropped(0, 0);

  /** Whether the conversation is whole. */
  public boolean isNothing() {
    return droppedItems == 0;
  }
}
