package dev.sluice.common.message;

/** What stands on a lane. */
public sealed interface LaneRecord extends Message permits RequestEnvelope, RedrivenRequest {}
