package dev.sluice.api.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.cache.AnswerCache;
import dev.sluice.api.cache.Questions;
import dev.sluice.api.lanes.LaneWatch;
import dev.sluice.api.lanes.Paces;
import dev.sluice.api.settings.Settings;
import dev.sluice.api.spend.Caps;
import dev.sluice.api.spend.Spending;
import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.id.ResponseIds;
import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import dev.sluice.common.topic.TopicsProperties;
import dev.sluice.common.trim.TrimProperties;
import dev.sluice.common.trim.Trimmer;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  AdmissionProperties.class,
  BudgetProperties.class,
  TrimProperties.class
})
class AdmissionConfiguration {
  @Bean
  Admission admission(
      AdmissionProperties properties,
      BudgetProperties budget,
      Settings settings,
      Paces paces,
      Questions questions,
      AnswerCache answers,
      TrimProperties trim,
      Spending spending,
      StatefulRedisConnection<String, byte[]> redisConnection,
      ResponseIds ids,
      TopicsProperties topics,
      ReplyAddress address,
      MeterRegistry registry,
      InstantSource clock)
      throws IOException {
    var store = new AdmissionStore(redisConnection, script("replace"), script("delete-own"));
    var envelopes = new Envelopes(ids, address, properties.deadline());
    return new Admission(
        properties,
        new Pools(budget, settings::limits),
        paces,
        questions,
        answers,
        Trimmer.of(trim, budget.pools().keySet()),
        store,
        envelopes,
        spending,
        new AdmissionMeters(registry),
        topics.replyRetention(),
        clock);
  }

  @Bean
  Caps caps(Settings settings) {
    return new Caps() {
      @Override
      public @Nullable SpendCapSet of(SpendScope scope, String subject, SpendPeriod period) {
        return settings.cap(scope, subject, period);
      }

      @Override
      public Collection<SpendCapSet> all() {
        return settings.caps();
      }
    };
  }

  @Bean
  LaneWatch laneWatch(
      StatefulRedisConnection<String, byte[]> redisConnection,
      Paces paces,
      MeterRegistry registry) {
    var watch = new LaneWatch(redisConnection, paces);
    Gauge.builder("sluice.lanes.watched", watch, LaneWatch::current)
        .description("Requests whose clients are told their place in the queue")
        .register(registry);
    return watch;
  }

  private static String script(String name) throws IOException {
    return new ClassPathResource("lua/%s.lua".formatted(name)).getContentAsString(UTF_8);
  }
}
