package dev.sluice.common.reconciliation;

/** This is no page that the ledger can be compared with; the message says what to do. */
public final class MalformedPageException extends RuntimeException {
  MalformedPageException(String message) {
    super(message);
  }
}
