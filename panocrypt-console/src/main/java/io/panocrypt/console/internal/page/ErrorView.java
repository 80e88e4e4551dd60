package io.panocrypt.console.internal.page;

import java.util.Optional;

/**
 * Why a request was not carried out.
 *
 * @param headline what happened, in one sentence
 * @param advice what to do
 * @param detail the library's own words
 * @param id the log has it too
 * @param link where to go on, relative to the console; with its text
 * @param linkText its text
 */
public record ErrorView(
        String headline, String advice, Optional<String> detail, String id, String link, String linkText) {}
