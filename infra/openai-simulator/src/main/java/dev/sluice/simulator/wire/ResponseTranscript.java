package dev.sluice.simulator.wire;

import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The Responses API: {@code event: type} frames, numbered from 0, or a response object. */
public final class ResponseTranscript implements Transcript {
  private final ResponseObject response;
  private final String itemId;
  private final StringBuilder text = new StringBuilder();

  /**
   * What is the same in every delta; the rest is a few bytes, for deltas are most of the traffic.
   */
  private final String deltaStart;

  private int sequence;

  public ResponseTranscript(ModelRequest request, Ids ids, InstantSource clock) {
    this.response = new ResponseObject(request, ids.next("resp_"), clock);
    this.itemId = ids.next("msg_");
    this.deltaStart =
        "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
            + "\"item_id\":\""
            + itemId
            + "\",\"output_index\":0,\"content_index\":0,\"logprobs\":[],\"delta\":";
  }

  @Override
  public String begin() {
    return lifecycle("response.created", response.inProgress())
        + lifecycle("response.in_progress", response.inProgress())
        + outputItem("response.output_item.added", message("in_progress", null))
        + part("response.content_part.added", "");
  }

  @Override
  public String token(String token) {
    text.append(token);
    return deltaStart + quoted(token) + ",\"sequence_number\":" + sequence++ + "}\n\n";
  }

  @Override
  public String end(Usage usage, boolean complete) {
    var status = complete ? "completed" : "incomplete";
    var done = message(status, text.toString());
    return textDone()
        + part("response.content_part.done", text.toString())
        + outputItem("response.output_item.done", done)
        + lifecycle("response." + status, response.ended(done, usage, complete));
  }

  @Override
  public String fail(ApiError error) {
    return lifecycle("response.failed", response.failed(error));
  }

  @Override
  public String document(List<String> tokens, Usage usage, boolean complete) {
    var done = message(complete ? "completed" : "incomplete", String.join("", tokens));
    return response.ended(done, usage, complete).toString();
  }

  @Override
  public String failedDocument(ApiError error) {
    return response.failed(error).toString();
  }

  private String lifecycle(String type, ObjectNode snapshot) {
    var event = event(type);
    event.set("response", snapshot);
    return frame(type, event);
  }

  private String outputItem(String type, JsonNode item) {
    var event = event(type).put("output_index", 0);
    event.set("item", item);
    return frame(type, event);
  }

  private String part(String type, String content) {
    var event = inItem(type);
    event.set("part", content(content));
    return frame(type, event);
  }

  private String textDone() {
    var event = inItem("response.output_text.done").put("text", text.toString());
    event.putArray("logprobs");
    return frame("response.output_text.done", event);
  }

  private ObjectNode inItem(String type) {
    return event(type).put("item_id", itemId).put("output_index", 0).put("content_index", 0);
  }

  private ObjectNode event(String type) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("type", type)
        .put("sequence_number", sequence++);
  }

  private ObjectNode message(String status, @Nullable String content) {
    var item = JsonMapper.shared().createObjectNode();
    item.put("id", itemId).put("type", "message").put("status", status).put("role", "assistant");
    var parts = item.putArray("content");
    if (content != null) {
      parts.add(content(content));
    }
    return item;
  }

  private static ObjectNode content(String content) {
    var part =
        JsonMapper.shared().createObjectNode().put("type", "output_text").put("text", content);
    part.putArray("annotations");
    part.putArray("logprobs");
    return part;
  }

  private static String frame(String type, ObjectNode event) {
    return "event: " + type + "\ndata: " + event + "\n\n";
  }

  private static String quoted(String token) {
    return JsonMapper.shared().writeValueAsString(token);
  }
}
