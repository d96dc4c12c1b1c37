package dev.sluice.worker.flow;

import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.trace.Traces;
import dev.sluice.common.trim.TrimProperties;
import dev.sluice.common.trim.Trimmer;
import dev.sluice.worker.budget.Budget;
import dev.sluice.worker.budget.Estimates;
import dev.sluice.worker.control.Activity;
import dev.sluice.worker.deadletter.DeadLetters;
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
  FlowMeters flowMeters(MeterRegistry registry) {
    return new FlowMeters(registry);
  }

  @Bean
  Progress progress(LaneProgress lanes, Activity activity, FlowMeters meters) {
    return new Progress(lanes, activity, meters);
  }

  @Bean
  Attempts attempts(
      Model model,
      UsageLedger ledger,
      Estimates estimates,
      FlowMeters meters,
      FlowSpans spans,
      Activity activity) {
    return new Attempts(model, ledger, estimates, meters, spans, activity);
  }

  @Bean
  Weighing weighing(
      Estimates estimates, TrimProperties trim, BudgetProperties budget, FlowMeters meters) {
    return new Weighing(estimates, Trimmer.of(trim, budget.pools().keySet()), meters);
  }

  @Bean
  SettingAside settingAside(
      DeadLetters letters, MessageCodec codec, FlowMeters meters, InstantSource clock) {
    return new SettingAside(letters, codec, meters, clock);
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
      Progress progress,
      SettingAside aside,
      FlowSpans spans) {
    return new RequestFlow(
        leases, budget, weighing, attempts, relays, retries, progress, aside, spans);
  }

  @Bean
  RequestHandler requestHandler(
      RequestFlow flow,
      InFlight inFlight,
      FlowSpans spans,
      MessageCodec codec,
      SettingAside aside) {
    return new RequestHandling(flow, inFlight, spans, codec, aside);
  }
}
