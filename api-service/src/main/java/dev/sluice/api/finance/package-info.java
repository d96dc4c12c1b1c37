/**
 * What answers cost, read from the ledger's views: this service can read nothing else of it, and
 * write nothing. What finance changes goes to the worker as a message. On the request's thread.
 */
@NullMarked
package dev.sluice.api.finance;

import org.jspecify.annotations.NullMarked;
