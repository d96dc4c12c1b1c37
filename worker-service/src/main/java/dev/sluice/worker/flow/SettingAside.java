package dev.sluice.worker.flow;

import dev.sluice.common.message.DeadLetter;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.topic.Lane;
import dev.sluice.worker.deadletter.DeadLetters;
import dev.sluice.worker.intake.RequestHandler.Origin;
import dev.sluice.worker.model.Failure;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which requests nobody may try again, and what operators are told of them. Thread-safe. */
final class SettingAside {
  private static final Logger log = LoggerFactory.getLogger(SettingAside.class);

  private final DeadLetters letters;
  private final MessageCodec codec;
  private final FlowMeters meters;
  private final InstantSource clock;

  SettingAside(DeadLetters letters, MessageCodec codec, FlowMeters meters, InstantSource clock) {
    this.letters = letters;
    this.codec = codec;
    this.meters = meters;
    this.clock = clock;
  }

  /** A record that cannot be read must not stop its partition, and must not be lost. */
  void unreadable(Lane lane, byte[] value, Origin origin, MalformedMessageException why)
      throws InterruptedException {
    var reason = String.valueOf(why.getMessage());
    letters.add(
        new DeadLetter(
            origin.topic(),
            origin.partition(),
            origin.offset(),
            reason,
            Base64.getEncoder().encodeToString(value),
            clock.instant(),
            null,
            null,
            null,
            0,
            List.of(),
            Map.of()));
    meters.ended(lane, FlowMeters.DEAD_LETTERED);
    log.atError()
        .addKeyValue("topic", origin.topic())
        .addKeyValue("partition", origin.partition())
        .addKeyValue("offset", origin.offset())
        .addKeyValue("reason", reason)
        .log("A request cannot be read and was set aside; see the dead letters");
  }

  /** Too many of its owners died. */
  void lost(Owned owned) throws InterruptedException {
    add(owned, "every worker that took it died");
    log.atError()
        .log(
            "A request was set aside: its workers died, one after the other. Look at the dead letters");
  }

  /** It has had its attempts, and the provider failed in each. */
  void failed(Owned owned, Failure last) throws InterruptedException {
    add(owned, "failed in every attempt, the last with " + last.code().code());
    log.atWarn()
        .addKeyValue("code", last.code().code())
        .log("A request has had all its attempts and was set aside; see the dead letters");
  }

  /**
   * Its last owner died on the way here, and may have written the letter: whoever reads it sees
   * one.
   */
  void interrupted(Owned owned) throws InterruptedException {
    add(owned, "failed for good, and its worker died while it set it aside");
    log.atWarn().log("A request is set aside anew: the worker that did so died over it");
  }

  private void add(Owned owned, String reason) throws InterruptedException {
    owned.lease().settingAside();
    var request = owned.delivery().request();
    var origin = owned.delivery().origin();
    letters.add(
        new DeadLetter(
            origin.topic(),
            origin.partition(),
            origin.offset(),
            reason,
            Base64.getEncoder().encodeToString(codec.encode(request)),
            clock.instant(),
            request.id(),
            request.userId(),
            request.model(),
            owned.lease().attempt(),
            owned.lease().history(),
            Map.of()));
  }
}
