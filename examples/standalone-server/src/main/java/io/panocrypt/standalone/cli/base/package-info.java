/** Shared by the operator commands: REST client, tables, failures, option names, lookups. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone.cli.base;
