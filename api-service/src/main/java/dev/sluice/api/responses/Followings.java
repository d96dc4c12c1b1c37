package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.admission.Admitted.Coalesced;
import dev.sluice.api.admission.Concern;
import dev.sluice.api.admission.Leader;
import dev.sluice.api.cache.Question;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which response follows which, in Redis until the deadline of its request: all that another
 * instance needs to go on where the follower's own has died. Thread-safe.
 */
final class Followings {
  private static final Logger log = LoggerFactory.getLogger(Followings.class);
  private static final String KEY = "sluice:following:";
  private static final String LEADER = "leader";
  private static final String POOL = "pool";
  private static final String FINGERPRINT = "fingerprint";
  private static final String KEPT = "kept";
  private static final String REQUEST = "request";

  private final StatefulRedisConnection<byte[], byte[]> redis;
  private final MessageCodec codec;

  Followings(StatefulRedisConnection<byte[], byte[]> redis, MessageCodec codec) {
    this.redis = redis;
    this.codec = codec;
  }

  /**
   * Blocks for a round trip.
   *
   * @throws SluiceException with {@link ErrorCode#SERVICE_UNAVAILABLE} if Redis does not take it
   */
  void remember(Coalesced follower, Question question) {
    var request = follower.request();
    var key = key(request.id());
    var fields =
        Map.of(
            Keys.bytes(LEADER), Keys.bytes(follower.leader().encode()),
            Keys.bytes(POOL), Keys.bytes(follower.concern().lane().pool()),
            Keys.bytes(FINGERPRINT), Keys.bytes(question.fingerprint()),
            Keys.bytes(KEPT), Keys.bytes(Boolean.toString(question.kept())),
            Keys.bytes(REQUEST), Compression.deflated(codec.encode(request)));
    try {
      redis.sync().hset(key, fields);
      redis.sync().pexpireat(key, request.deadline());
    } catch (RedisException unavailable) {
      throw new SluiceException(
          ErrorCode.SERVICE_UNAVAILABLE, ErrorCode.SERVICE_UNAVAILABLE.sentence(), unavailable);
    }
  }

  void forget(String responseId) {
    var _ = redis.async().del(key(responseId));
  }

  /** Empty if it follows none, or nobody can tell. Blocks for a round trip. */
  Optional<Coalesced> find(String responseId) {
    try {
      var fields = new HashMap<String, byte[]>();
      redis
          .sync()
          .hgetall(key(responseId))
          .forEach((name, value) -> fields.put(new String(name, UTF_8), value));
      return Optional.ofNullable(read(fields));
    } catch (RedisException | MalformedMessageException | IllegalArgumentException unreadable) {
      log.atWarn()
          .addKeyValue("request_id", responseId)
          .addKeyValue("cause", unreadable.toString())
          .log("Redis does not say whom a response follows; its own instance has to go on with it");
      return Optional.empty();
    }
  }

  private @Nullable Coalesced read(Map<String, byte[]> fields) {
    var packed = fields.get(REQUEST);
    if (packed == null) return null;
    var request = codec.decode(Compression.inflated(packed), RequestEnvelope.class);
    var lane = new Lane(text(fields, POOL), request.priority());
    boolean kept = Boolean.parseBoolean(text(fields, KEPT));
    var question = new Question(text(fields, FINGERPRINT), kept);
    var concern = new Concern(request.userId(), null, question, lane);
    return Coalesced.again(concern, request, Leader.decode(text(fields, LEADER)));
  }

  private static String text(Map<String, byte[]> fields, String name) {
    return new String(fields.getOrDefault(name, new byte[0]), UTF_8);
  }

  private static byte[] key(String responseId) {
    return Keys.bytes(KEY + responseId);
  }
}
