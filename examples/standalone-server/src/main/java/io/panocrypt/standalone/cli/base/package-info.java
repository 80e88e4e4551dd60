/** What every operator command stands on: the REST client, tables, failures, names of options, lookups. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone.cli.base;
