package dev.sluice.api.responses;

import dev.sluice.common.topic.Reply;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells a response again of which only the end is kept, with the events that a client needs to show
 * it as it would have come: each item, each text in one piece, and the end. Confined to one thread.
 */
final class Retelling {
  private static final JsonMapper JSON = new JsonMapper();

  private final List<ObjectNode> events = new ArrayList<>();

  private Retelling() {}

  /**
   * @param response the response object as it ended, UTF-8
   */
  static List<Reply> of(String id, byte[] response) {
    var retelling = new Retelling();
    var ended = RequestJson.object(response);
    int index = 0;
    for (var item : ended.path("output"))
      if (item instanceof ObjectNode object) retelling.item(object, index++);
    var status = ended.path("status").asString("");
    retelling
        .add("response." + (status.equals("cancelled") ? "incomplete" : status))
        .set("response", ended);
    return retelling.replies(id);
  }

  private List<Reply> replies(String id) {
    var replies = new ArrayList<Reply>();
    for (var event : events) {
      boolean terminal = replies.size() == events.size() - 1;
      var sequence = event.path("sequence_number").asLong();
      replies.add(new Reply(id, sequence, 0, terminal, JSON.writeValueAsBytes(event)));
    }
    return replies;
  }

  private ObjectNode add(String type) {
    var event = JSON.createObjectNode();
    event.put("type", type);
    event.put("sequence_number", QueuedEvent.SEQUENCE + 1 + events.size());
    events.add(event);
    return event;
  }

  private ObjectNode add(String type, int index) {
    return add(type).put("output_index", index);
  }

  private ObjectNode ofPart(String type, JsonNode item, int index, int at) {
    return add(type, index).put("item_id", item.path("id").asString("")).put("content_index", at);
  }

  private void item(ObjectNode item, int index) {
    var begun = item.deepCopy();
    begun.put("status", "in_progress");
    switch (item.path("type").asString("")) {
      case "message" -> {
        begun.putArray("content");
        add("response.output_item.added", index).set("item", begun);
        int at = 0;
        for (var part : item.path("content"))
          if (part instanceof ObjectNode object) part(item, index, object, at++);
      }
      case "function_call" -> {
        begun.put("arguments", "");
        add("response.output_item.added", index).set("item", begun);
        whole("function_call_arguments", "arguments", item, index);
      }
      case "custom_tool_call" -> {
        begun.put("input", "");
        add("response.output_item.added", index).set("item", begun);
        whole("custom_tool_call_input", "input", item, index);
      }
      default -> add("response.output_item.added", index).set("item", begun);
    }
    add("response.output_item.done", index).set("item", item);
  }

  private void part(ObjectNode item, int index, ObjectNode part, int at) {
    boolean refusal = part.path("type").asString("").equals("refusal");
    var field = refusal ? "refusal" : "text";
    var begun = part.deepCopy();
    begun.put(field, "");
    ofPart("response.content_part.added", item, index, at).set("part", begun);
    var name = refusal ? "response.refusal" : "response.output_text";
    ofPart(name + ".delta", item, index, at).set("delta", part.path(field));
    ofPart(name + ".done", item, index, at).set(field, part.path(field));
    ofPart("response.content_part.done", item, index, at).set("part", part);
  }

  private void whole(String name, String field, JsonNode item, int index) {
    add("response.%s.delta".formatted(name), index)
        .put("item_id", item.path("id").asString(""))
        .set("delta", item.path(field));
    add("response.%s.done".formatted(name), index)
        .put("item_id", item.path("id").asString(""))
        .set(field, item.path(field));
  }
}
