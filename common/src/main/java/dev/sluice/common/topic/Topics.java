package dev.sluice.common.topic;

/** Names of the topics that are not lanes; lanes are {@link Lane}. */
public final class Topics {
  /** Events of responses; one home partition an api instance, read by {@code assign()}. */
  public static final String REPLIES = "sluice.replies";

  /** Attempts opened and settled, keyed by request id. */
  public static final String USAGE = "sluice.usage";

  /** Cancels, read by every worker. */
  public static final String CONTROL = "sluice.control";

  /** What operators have set, the newest of each kept for ever; read whole by every instance. */
  public static final String SETTINGS = "sluice.settings";

  /**
   * Figures of the provider that finance has brought along, and days to ask the provider for. One
   * partition, so that one worker of the fleet sees to them.
   */
  public static final String RECONCILIATION = "sluice.reconciliation";

  /** Requests that no worker may try again, with the reason. */
  public static final String DEAD_LETTERS = "sluice.requests.dlt";

  private Topics() {}
}
