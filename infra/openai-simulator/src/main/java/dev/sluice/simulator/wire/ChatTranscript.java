package dev.sluice.simulator.wire;

import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Chat completions: chunks that end in {@code data: [DONE]}, or a completion object. */
public final class ChatTranscript implements Transcript {
  private static final String FINGERPRINT = "fp_5137a70700";

  private final ModelRequest request;
  private final String id;
  private final long createdAt;

  /** What is the same in every token's chunk. */
  private final String tokenStart;

  private final String tokenEnd;

  /** The role's chunk, which comes together with the first token; then empty. */
  private String opening;

  public ChatTranscript(ModelRequest request, Ids ids, InstantSource clock) {
    this.request = request;
    this.id = ids.next("chatcmpl-");
    this.createdAt = clock.instant().getEpochSecond();
    var head = head("chat.completion.chunk").toString();
    this.tokenStart =
        "data: "
            + head.substring(0, head.length() - 1)
            + ",\"choices\":[{\"index\":0,\"delta\":{\"content\":";
    this.tokenEnd =
        "},\"logprobs\":null,\"finish_reason\":null}]"
            + (request.includeUsage() ? ",\"usage\":null}" : "}")
            + "\n\n";
    var role = JsonMapper.shared().createObjectNode();
    role.put("role", "assistant").put("content", "").putNull("refusal");
    this.opening = chunk(role, null);
  }

  @Override
  public String begin() {
    return "";
  }

  @Override
  public String token(String token) {
    return opening() + tokenStart + JsonMapper.shared().writeValueAsString(token) + tokenEnd;
  }

  @Override
  public String end(Usage usage, boolean complete) {
    var last =
        opening() + chunk(JsonMapper.shared().createObjectNode(), complete ? "stop" : "length");
    if (!request.includeUsage()) {
      return last + "data: [DONE]\n\n";
    }
    var totals = head("chat.completion.chunk");
    totals.putArray("choices");
    totals.set("usage", usage.ofChat());
    return last + "data: " + totals + "\n\ndata: [DONE]\n\n";
  }

  @Override
  public String fail(ApiError error) {
    return "data: " + error.body() + "\n\n";
  }

  @Override
  public String document(List<String> tokens, Usage usage, boolean complete) {
    var completion = head("chat.completion");
    var choice = completion.putArray("choices").addObject().put("index", 0);
    var message = choice.putObject("message").put("role", "assistant");
    message.put("content", String.join("", tokens)).putNull("refusal").putArray("annotations");
    choice.putNull("logprobs").put("finish_reason", complete ? "stop" : "length");
    completion.set("usage", usage.ofChat());
    return completion.toString();
  }

  @Override
  public String failedDocument(ApiError error) {
    return error.body().toString();
  }

  private String opening() {
    var first = opening;
    opening = "";
    return first;
  }

  private String chunk(ObjectNode delta, @Nullable String finishReason) {
    var chunk = head("chat.completion.chunk");
    var choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.set("delta", delta);
    choice.putNull("logprobs").put("finish_reason", finishReason);
    if (request.includeUsage()) {
      chunk.putNull("usage");
    }
    return "data: " + chunk + "\n\n";
  }

  private ObjectNode head(String object) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("id", id)
        .put("object", object)
        .put("created", createdAt)
        .put("model", request.model())
        .put("service_tier", request.serviceTier())
        .put("system_fingerprint", FINGERPRINT);
  }
}
