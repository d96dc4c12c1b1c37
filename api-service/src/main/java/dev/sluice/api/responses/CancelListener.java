package dev.sluice.api.responses;

import dev.sluice.common.message.CancelRequest;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.topic.Topics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.PartitionOffset;
import org.springframework.kafka.annotation.TopicPartition;

/**
 * Reads the cancels of all instances: a response that follows another has no worker that would end
 * it.
 */
class CancelListener {
  private static final Logger log = LoggerFactory.getLogger(CancelListener.class);

  private final Sharing sharing;
  private final MessageCodec codec;

  CancelListener(Sharing sharing, MessageCodec codec) {
    this.sharing = sharing;
    this.codec = codec;
  }

  @KafkaListener(
      id = "cancels",
      topicPartitions =
          @TopicPartition(
              topic = Topics.CONTROL,
              partitionOffsets =
                  @PartitionOffset(partition = "0", initialOffset = "0", seekPosition = "END")),
      containerFactory = "broadcastListeners")
  void read(ConsumerRecord<byte[], byte[]> control) {
    try {
      sharing.cancel(codec.decode(control.value(), CancelRequest.class).requestId());
    } catch (MalformedMessageException malformed) {
      log.atWarn()
          .addKeyValue("offset", control.offset())
          .addKeyValue("reason", malformed.getMessage())
          .log("A control message cannot be read; it is passed over");
    }
  }
}
