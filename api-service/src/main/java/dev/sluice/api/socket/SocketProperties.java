package dev.sluice.api.socket;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param allowedOrigins pages that may open a socket, as browsers name them; a client without an
 *     {@code Origin} is no browser and needs none
 * @param maxMessageBytes size of one message from a client; a larger one is refused unread
 * @param maxInFlight responses of one connection that run at once
 * @param maxWaiting responses of one connection that wait for their turn
 * @param maxStreams stream ids of one connection
 * @param outboundBuffer bytes that wait for a client that reads slowly; beyond them it is closed
 * @param maxAge life of a connection
 * @param disconnectGrace how long the responses of a broken connection run on
 */
@Validated
@ConfigurationProperties("sluice.socket")
record SocketProperties(
    @DefaultValue({}) List<String> allowedOrigins,
    @DefaultValue("1048576") @Min(1_024) @Max(16_777_216) int maxMessageBytes,
    @DefaultValue("16") @Min(1) int maxInFlight,
    @DefaultValue("64") @Min(0) int maxWaiting,
    @DefaultValue("32") @Min(1) int maxStreams,
    @DefaultValue("4194304") @Min(65_536) int outboundBuffer,
    @DefaultValue("60m") Duration maxAge,
    @DefaultValue("30s") Duration disconnectGrace) {}
