package dev.sluice.worker.flow;

import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.trace.Traces;
import dev.sluice.common.trim.TrimProperties;
import dev.sluice.common.trim.Trimmer;
import dev.sluice.worker.budget.Budget;
import dev.sluice.worker.budget.Estimates;
import dev.sluice.worker.intake.RequestHandler;
import dev.sluice.worker.lanes.LaneProgress;
import dev.sluice.worker.lease.Leases;
import dev.sluice.worker.ledger.RunningRequests;
import dev.sluice.worker.ledger.UsageLedger;
import dev.sluice.worker.model.Model;
import dev.sluice.worker.model.Retries;
import dev.sluice.worker.relay.Relays;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaTemplate;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TrimProperties.class)
class FlowConfiguration {
  @Bean
  InFlight inFlight(InstantSource clock) {
    return new InFlight(clock);
  }

  @Bean
  FlowSpans flowSpans(Traces traces, InstantSource clock) {
    return new FlowSpans(traces, clock);
  }

  @Bean
  Waiting waiting() {
    return new Waiting();
  }

  @Bean
  Attempts attempts(
      Model model,
      UsageLedger ledger,
      Estimates estimates,
      MeterRegistry registry,
      FlowSpans spans) {
    return new Attempts(model, ledger, estimates, new FlowMeters(registry), spans);
  }

  @Bean
  Weighing weighing(
      Estimates estimates, TrimProperties trim, BudgetProperties budget, MeterRegistry registry) {
    var trimmer = Trimmer.of(trim, budget.pools().keySet());
    return new Weighing(estimates, trimmer, new FlowMeters(registry));
  }

  /** What the ledger asks before it calls an attempt lost. */
  @Bean
  RunningRequests runningRequests(Leases leases) {
    return leases::isLive;
  }

  @Bean
  RequestFlow requestFlow(
      Leases leases,
      Budget budget,
      Weighing weighing,
      Attempts attempts,
      Relays relays,
      Retries retries,
      LaneProgress lanes,
      Waiting waiting,
      FlowSpans spans) {
    return new RequestFlow(
        leases, budget, weighing, attempts, relays, retries, lanes, waiting, spans);
  }

  @Bean
  RequestHandler requestHandler(
      RequestFlow flow,
      InFlight inFlight,
      Waiting waiting,
      FlowSpans spans,
      MessageCodec codec,
      KafkaTemplate<byte[], byte[]> kafka,
      InstantSource clock) {
    return new RequestHandling(flow, inFlight, waiting, spans, codec, kafka, clock);
  }
}
