/**
 * The one way in which a client gets a response, over a socket or over HTTP: admitted, followed,
 * enqueued; read again from where it broke off; cancelled; kept for the next turn of its
 * conversation; deleted. Listeners are called on the threads of {@code replies} and must not block;
 * what does block says so.
 */
@NullMarked
package dev.sluice.api.responses;

import org.jspecify.annotations.NullMarked;
