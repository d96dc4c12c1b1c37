package dev.sluice.worker.control;

import dev.sluice.common.message.CancelRequest;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on whose request is cancelled. Every worker reads all: nobody knows who has the request.
 */
final class CancelListener {
  private static final Logger log = LoggerFactory.getLogger(CancelListener.class);

  private final MessageCodec codec;
  private final Consumer<String> cancel;

  CancelListener(MessageCodec codec, Consumer<String> cancel) {
    this.codec = codec;
    this.cancel = cancel;
  }

  void read(ConsumerRecord<byte[], byte[]> control) {
    try {
      cancel.accept(codec.decode(control.value(), CancelRequest.class).requestId());
    } catch (MalformedMessageException malformed) {
      log.atWarn()
          .addKeyValue("reason", malformed.getMessage())
          .log("A control message cannot be read; it is passed over");
    }
  }
}
