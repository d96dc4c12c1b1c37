package dev.sluice.common.message;

import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one codec of the topics: JSON with {@code version} and {@code kind}. A field that this build
 * does not know survives a round trip, so an older service may pass on what a newer one wrote; a
 * version that it does not know is refused. Thread-safe.
 */
public final class MessageCodec {
  /** Raised only when an old reader would misunderstand a new message. */
  static final int VERSION = 1;

  private static final String VERSION_FIELD = "version";
  private static final Set<String> OWN_FIELDS = Set.of(VERSION_FIELD, "kind");

  private final JsonMapper mapper =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  /**
   * @throws IllegalStateException if a kind of message has a field that is the codec's own
   */
  public MessageCodec() {
    kinds(Message.class).forEach(MessageCodec::checkFields);
  }

  /** A field of such a name would be overwritten, and nobody would be told. */
  static void checkFields(Class<?> kind) {
    for (var field : kind.getRecordComponents())
      if (OWN_FIELDS.contains(field.getName()))
        throw new IllegalStateException(
            "%s.%s: the field is the codec's own; name it otherwise"
                .formatted(kind.getSimpleName(), field.getName()));
  }

  private static Stream<Class<?>> kinds(Class<?> type) {
    return type.isRecord()
        ? Stream.of(type)
        : Stream.of(type.getPermittedSubclasses()).flatMap(MessageCodec::kinds);
  }

  /** The message as UTF-8 JSON. */
  public byte[] encode(Message message) {
    ObjectNode tree = mapper.valueToTree(message);
    tree.put(VERSION_FIELD, VERSION);
    return mapper.writeValueAsBytes(tree);
  }

  /**
   * The message in {@code bytes}, which must be of type {@code expected}.
   *
   * @throws MalformedMessageException if it is not JSON, of another version or of another kind
   */
  public <M extends Message> M decode(byte[] bytes, Class<M> expected) {
    try {
      var tree = mapper.readTree(bytes);
      if (!(tree instanceof ObjectNode object))
        throw new MalformedMessageException("not an object");
      JsonNode version = object.remove(VERSION_FIELD);
      if (version == null || !version.isInt() || version.intValue() != VERSION)
        throw new MalformedMessageException(
            "version %s, this build reads version %d".formatted(version, VERSION));
      var message = mapper.treeToValue(object, Message.class);
      if (!expected.isInstance(message))
        throw new MalformedMessageException(
            "a %s where a %s was expected"
                .formatted(object.path("kind").asString(), expected.getSimpleName()));
      return expected.cast(message);
    } catch (JacksonException broken) {
      throw new MalformedMessageException(broken.getOriginalMessage());
    }
  }
}
