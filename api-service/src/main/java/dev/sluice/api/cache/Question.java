package dev.sluice.api.cache;

/**
 * A question that others may ask as well.
 *
 * @param fingerprint the same for all who may have one answer between them
 * @param kept whether its answer may be kept for those who ask later; those who ask while it is
 *     being made share it either way
 */
public record Question(String fingerprint, boolean kept) {}
