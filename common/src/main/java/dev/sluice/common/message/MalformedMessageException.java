package dev.sluice.common.message;

/** A record that cannot be read. The message says why and holds nothing of the content. */
public final class MalformedMessageException extends RuntimeException {
  MalformedMessageException(String reason) {
    super(reason);
  }
}
