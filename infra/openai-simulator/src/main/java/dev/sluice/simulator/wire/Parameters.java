package dev.sluice.simulator.wire;

import java.util.Set;

/** The top-level parameters of openai-openapi's request schemas; any other is a 400. */
final class Parameters {
  /** {@code CreateResponse}. */
  static final Set<String> RESPONSES =
      Set.of(
          ("background context_management conversation include input instructions"
                  + " max_output_tokens max_tool_calls metadata model moderation"
                  + " parallel_tool_calls previous_response_id prompt prompt_cache_key"
                  + " prompt_cache_options prompt_cache_retention reasoning safety_identifier"
                  + " service_tier store stream stream_options temperature text tool_choice tools"
                  + " top_logprobs top_p truncation user")
              .split(" "));

  /** {@code CreateChatCompletionRequest}. */
  static final Set<String> CHAT =
      Set.of(
          ("audio frequency_penalty function_call functions logit_bias logprobs"
                  + " max_completion_tokens max_tokens messages metadata modalities model"
                  + " moderation n parallel_tool_calls prediction presence_penalty"
                  + " prompt_cache_key prompt_cache_options prompt_cache_retention"
                  + " reasoning_effort response_format safety_identifier seed service_tier stop"
                  + " store stream stream_options temperature tool_choice tools top_logprobs top_p"
                  + " user verbosity web_search_options")
              .split(" "));

  private Parameters() {}
}
