package dev.sluice.api.http;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxBodyBytes size of a request's body; a larger one is refused unread
 * @param outboundBuffer bytes of a response that wait for a client which reads slowly; beyond them
 *     its stream is closed, and can be resumed
 * @param keepAlive pause in an event stream after which a comment is sent, so that nothing on the
 *     way takes the connection for dead
 * @param disconnectGrace how long the response of a broken event stream runs on
 */
@Validated
@ConfigurationProperties("sluice.http")
record HttpProperties(
    @DefaultValue("1048576") @Min(1_024) @Max(16_777_216) int maxBodyBytes,
    @DefaultValue("4194304") @Min(65_536) int outboundBuffer,
    @DefaultValue("15s") @DurationMin(seconds = 1) Duration keepAlive,
    @DefaultValue("30s") Duration disconnectGrace) {}
