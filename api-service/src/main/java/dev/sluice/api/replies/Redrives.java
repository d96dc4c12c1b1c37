package dev.sluice.api.replies;

/** Knows which requests have been given another life after they failed. Thread-safe. */
@FunctionalInterface
public interface Redrives {
  /** Whether events may stand behind the failure of this response. */
  boolean isRedriven(String responseId);
}
