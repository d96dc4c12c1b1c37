package dev.sluice.worker.ledger;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;
import org.springframework.validation.annotation.Validated;

/**
 * @param batch usage events that are written in one transaction at the most
 * @param lostGrace how long after its request's deadline an attempt that was never settled counts
 *     as lost
 * @param sweepEvery pause between looks for lost attempts
 * @param spendEvery pause after which the spend accounts are brought up to date with the ledger's
 *     sums, beside what is settled, which is taken over at once
 * @param rateCards file with the prices; cards that the ledger lacks are added at start-up
 */
@Validated
@ConfigurationProperties("sluice.ledger")
record LedgerProperties(
    @DefaultValue("5000") @Min(1) @Max(20_000) int batch,
    @DefaultValue("5m") @DurationMin(seconds = 1) Duration lostGrace,
    @DefaultValue("1m") @DurationMin(millis = 100) Duration sweepEvery,
    @DefaultValue("5s") @DurationMin(millis = 100) Duration spendEvery,
    @DefaultValue("classpath:rate-cards.yml") Resource rateCards) {}
