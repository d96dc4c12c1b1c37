package dev.sluice.simulator.wire;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The tokens that an answer is billed for; {@code cached} is part of {@code input}. */
public record Usage(long input, long cached, long output) {
  /** {@code ResponseUsage}. */
  ObjectNode ofResponse() {
    var usage = JsonMapper.shared().createObjectNode();
    usage.put("input_tokens", input);
    usage
        .putObject("input_tokens_details")
        .put("cached_tokens", cached)
        .put("cache_write_tokens", 0);
    usage.put("output_tokens", output);
    usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
    return usage.put("total_tokens", input + output);
  }

  /** {@code CompletionUsage}. */
  ObjectNode ofChat() {
    var usage = JsonMapper.shared().createObjectNode();
    usage.put("prompt_tokens", input);
    usage.put("completion_tokens", output);
    usage.put("total_tokens", input + output);
    usage.putObject("prompt_tokens_details").put("cached_tokens", cached).put("audio_tokens", 0);
    usage
        .putObject("completion_tokens_details")
        .put("reasoning_tokens", 0)
        .put("audio_tokens", 0)
        .put("accepted_prediction_tokens", 0)
        .put("rejected_prediction_tokens", 0);
    return usage;
  }
}
