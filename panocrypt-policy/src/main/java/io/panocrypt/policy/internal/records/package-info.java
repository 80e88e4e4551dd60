/** The model as stored records and back: JSON, terms, identifiers, pages and audit forms. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.records;
