/**
 * The provider's wire: reads and checks requests, writes answers, events and errors in the shapes
 * of OpenAI's API reference. Knows nothing of limits, faults or sockets. Everything is
 * deterministic; values and transcripts belong to the thread of their request.
 */
@NullMarked
package dev.sluice.simulator.wire;

import org.jspecify.annotations.NullMarked;
