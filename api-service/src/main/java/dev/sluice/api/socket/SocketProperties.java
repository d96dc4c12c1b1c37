package dev.sluice.api.socket;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxSockets connections of this instance; more are refused
 * @param maxSocketsPerUser connections of one user to this instance; more are refused
 * @param maxMessageBytes size of one message from a client; a larger one is refused unread
 * @param maxFramesPerSecond frames that a connection may send in the long run; one that sends more
 *     is closed
 * @param frameBurst frames that a connection may send at once
 * @param maxInFlight responses of one connection that run at once
 * @param maxWaiting responses of one connection that wait for their turn
 * @param maxStreams stream ids of one connection
 * @param outboundBuffer bytes that wait for a client that reads slowly; when they are full the
 *     connection takes nothing more from its responses
 * @param slowReaderGrace how long such a client may take to read what waits before it is closed;
 *     also how long a single write may take
 * @param pingEvery pause between pings; a client of which nothing came between two is closed
 * @param maxAge life of a connection
 * @param expiryGrace how long the responses of a connection whose token has expired run on; no less
 *     than {@code sluice.admission.deadline}, or answers are cut
 * @param disconnectGrace how long the responses of a broken connection run on
 */
@Validated
@ConfigurationProperties("sluice.socket")
record SocketProperties(
    @DefaultValue("10000") @Min(1) int maxSockets,
    @DefaultValue("100") @Min(1) int maxSocketsPerUser,
    @DefaultValue("1048576") @Min(1_024) @Max(16_777_216) int maxMessageBytes,
    @DefaultValue("50") @Min(1) @Max(100_000) int maxFramesPerSecond,
    @DefaultValue("200") @Min(1) @Max(1_000_000) int frameBurst,
    @DefaultValue("16") @Min(1) int maxInFlight,
    @DefaultValue("64") @Min(0) int maxWaiting,
    @DefaultValue("32") @Min(1) int maxStreams,
    @DefaultValue("1048576") @Min(65_536) int outboundBuffer,
    @DefaultValue("10s") @DurationMin(millis = 100) Duration slowReaderGrace,
    @DefaultValue("30s") @DurationMin(millis = 100) Duration pingEvery,
    @DefaultValue("60m") @DurationMin(seconds = 1) Duration maxAge,
    @DefaultValue("10m") @DurationMin Duration expiryGrace,
    @DefaultValue("30s") @DurationMin Duration disconnectGrace) {}
