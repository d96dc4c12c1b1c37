package dev.sluice.localstack;

import java.util.Locale;

/** Life of a part. The lower-case names are what {@code status --json} prints. */
public enum PartState {
  /** Not running, because it was told so or was never started. */
  STOPPED,
  /** Its process runs, or is being made, and does not serve yet. */
  STARTING,
  /** It serves. */
  READY,
  /** Frozen by {@link Part#suspend}; it holds its port and answers nothing. */
  SUSPENDED,
  /** It was told to end and has not yet. */
  STOPPING,
  /** It ended without being told. */
  DEAD;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
