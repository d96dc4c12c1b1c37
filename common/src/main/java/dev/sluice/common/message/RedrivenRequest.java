package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.util.Map;

/**
 * A request that was set aside, back on its lane.
 *
 * @param request with a deadline of its own
 * @param letter offset of the {@link DeadLetter} that it was; tells this run of the request from
 *     those before and after it
 * @param attempts calls made for it before, so that their numbers are not used again
 */
public record RedrivenRequest(
    RequestEnvelope request,
    long letter,
    int attempts,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements LaneRecord {}
