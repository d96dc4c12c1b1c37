package dev.sluice.api.responses;

import dev.sluice.api.admission.Admitted;
import dev.sluice.common.id.Caller;
import java.util.Map;

/**
 * A request that has been admitted and is not begun yet.
 *
 * @param id of its response
 * @param queued the event {@code response.queued}, for when it is; UTF-8
 * @param stored whether its conversation may be kept
 * @param keyed whether it came with an idempotency key
 * @param progress whether its client wants to know its place in the queue
 * @param headers what HTTP says of it beside its body
 * @param trace to be ended with its response
 */
public record PreparedRequest(
    Caller caller,
    Admitted admitted,
    String id,
    byte[] queued,
    boolean stored,
    boolean keyed,
    boolean progress,
    Map<String, String> headers,
    ResponseTrace trace) {}
