package dev.sluice.simulator.wire;

import java.util.List;

/**
 * How one answer is written on the wire, as a stream of events or as one document. Each method
 * returns complete SSE frames, to be sent in the order of the calls. Belongs to one thread.
 */
public interface Transcript {
  /** What comes before the first token. */
  String begin();

  String token(String token);

  /** The terminal frames. */
  String end(Usage usage, boolean complete);

  /** The terminal frames of a stream that fails. */
  String fail(ApiError error);

  /** The whole answer as one JSON document. */
  String document(List<String> tokens, Usage usage, boolean complete);

  /** The document of an answer that the model failed to give; its HTTP status is 200. */
  String failedDocument(ApiError error);
}
