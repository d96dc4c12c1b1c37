package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.admission.Admission;
import dev.sluice.api.cache.AnswerCache;
import dev.sluice.api.enqueue.RequestQueue;
import dev.sluice.api.lanes.LaneWatch;
import dev.sluice.api.replies.Redrives;
import dev.sluice.api.replies.Replies;
import dev.sluice.api.replies.Visits;
import dev.sluice.common.id.ResponseIds;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.topic.TopicsProperties;
import dev.sluice.common.trace.Traces;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StoreProperties.class)
class ResponsesConfiguration {
  @Bean
  StatefulRedisConnection<byte[], byte[]> responsesRedis(RedisClient redis) {
    return redis.connect(ByteArrayCodec.INSTANCE);
  }

  @Bean(destroyMethod = "close")
  ExecutorService storeThreads() {
    return Executors.newVirtualThreadPerTaskExecutor();
  }

  @Bean
  ResponseStore responseStore(
      StatefulRedisConnection<byte[], byte[]> responsesRedis,
      ExecutorService storeThreads,
      StoreProperties properties,
      TopicsProperties topics,
      MeterRegistry registry)
      throws IOException {
    return new ResponseStore(
        responsesRedis,
        storeThreads,
        properties.retention(),
        topics.replyRetention(),
        new ClassPathResource("lua/keep-unless-deleted.lua").getContentAsString(UTF_8),
        registry);
  }

  @Bean
  History history(ResponseIds ids, Visits visits, Redrives redrives, ResponseStore store) {
    return new History(ids, visits, redrives, store);
  }

  @Bean
  Watchers watchers(
      StatefulRedisConnection<byte[], byte[]> responsesRedis,
      RequestQueue queue,
      TopicsProperties topics,
      RandomGenerator random) {
    var timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("grace-timer").daemon().factory());
    var instance = HexFormat.of().toHexDigits(random.nextLong()) + "-";
    return new Watchers(responsesRedis, queue, timer, topics.replyRetention(), instance);
  }

  @Bean
  Sharing sharing(
      Admission admission,
      AnswerCache answers,
      RequestQueue queue,
      Visits visits,
      Watchers watchers,
      StatefulRedisConnection<byte[], byte[]> responsesRedis,
      MessageCodec codec,
      InstantSource clock,
      MeterRegistry registry) {
    var followings = new Followings(responsesRedis, codec);
    var sharing = new Sharing(admission, answers, queue, visits, watchers, followings, clock);
    Gauge.builder("sluice.responses.shared", sharing, Sharing::current)
        .description("Responses of this instance that are read from another one's answer")
        .register(registry);
    return sharing;
  }

  @Bean
  CancelListener cancelListener(Sharing sharing, MessageCodec codec) {
    return new CancelListener(sharing, codec);
  }

  @Bean
  Beginning beginning(
      Admission admission,
      RequestQueue queue,
      Replies replies,
      Watchers watchers,
      ResponseStore store,
      AnswerCache answers,
      LaneWatch laneWatch,
      Sharing sharing) {
    return new Beginning(admission, queue, replies, watchers, store, answers, laneWatch, sharing);
  }

  @Bean
  Responder responder(
      Admission admission,
      Beginning beginning,
      Sharing sharing,
      AnswerCache answers,
      LaneWatch laneWatch,
      RequestQueue queue,
      Visits visits,
      Watchers watchers,
      History history,
      InstantSource clock,
      Traces traces) {
    return new Responder(
        admission, beginning, sharing, answers, laneWatch, queue, visits, watchers, history, clock,
        traces);
  }
}
