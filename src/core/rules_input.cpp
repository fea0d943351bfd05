// Rules about what the author of an add-on writes: documents, manifests, units and bundles.
#include "core/rule_words.hpp"

namespace addon {
inline namespace core {
namespace rules {

// Documents.

constinit const Rule document_unreadable{
    "document-unreadable", error, invalid, "The file cannot be read.",
    "Nothing can be said about a file that cannot be opened or is not a regular file. Check its path and "
    "permissions."};

constinit const Rule document_too_large{"document-too-large", error, invalid,
                                        "The document is larger than 1 MiB.",
                                        "The limit keeps a hostile file from using up the memory of a "
                                        "program that runs as root. A manifest or policy "
                                        "is a few kilobytes: move data out of it into files of the bundle."};

constinit const Rule document_encoding{"document-encoding", error, invalid, "The document is not UTF-8 text.",
                                       "Programs disagree on what other bytes mean, so a reviewer could see "
                                       "a text other than the one that is used. "
                                       "Save the file as UTF-8."};

constinit const Rule document_syntax{"document-syntax", error, invalid,
                                     "The document is not well-formed YAML.",
                                     "The text ends or breaks where YAML does not allow it; often an "
                                     "indentation, a quote or a colon is missing "
                                     "shortly before the place named. Correct the text there."};

constinit const Rule document_too_deep{"document-too-deep", error, invalid,
                                       "The document nests deeper than 64 levels.",
                                       "No document that this program reads needs more than a few levels; "
                                       "deep nesting serves to exhaust parsers. "
                                       "Flatten the document."};

constinit const Rule document_alias{"document-alias", error, invalid,
                                    "The document uses a YAML anchor or alias.",
                                    "Aliases let a few bytes stand for gigabytes and let a value come from "
                                    "far away from where it is read. Write "
                                    "the value out where it is needed."};

constinit const Rule document_duplicate_key{
    "document-duplicate-key", error, invalid, "A mapping has the same key twice.",
    "Which of the two values counts differs between parsers, so a reviewer and the host could see different "
    "documents. Keep one of them."};

constinit const Rule document_key_type{
    "document-key-type", error, invalid, "A key of a mapping is not a string.",
    "Keys are names. YAML reads an unquoted true, null or 1 as something else. Put the key in quotes."};

constinit const Rule document_tag{"document-tag", error, invalid,
                                  "The document uses a YAML tag that changes what a value is.",
                                  "Types come from the schema; a tag such as !!binary or !include would let "
                                  "a value be other than it looks. "
                                  "Remove the tag."};

constinit const Rule document_multiple{
    "document-multiple", error, invalid, "The file does not hold exactly one YAML document.",
    "With several documents it is unclear which one counts, and with none there is nothing to use. Put each "
    "document in a file of its own."};

// Schemas.

constinit const Rule schema_unknown_key{"schema-unknown-key", error, invalid,
                                        "A key is not one that the schema knows.",
                                        "A misspelt key would be ignored without a word, and with it a limit "
                                        "or a restriction. Correct the spelling; "
                                        "names of your own start with x-."};

constinit const Rule schema_missing_key{
    "schema-missing-key", error, invalid, "A required key is missing.",
    "Without it the document does not say enough to be used, and nothing is guessed. Add the key."};

constinit const Rule schema_type{"schema-type", error, invalid, "A value has the wrong type.",
                                 "YAML gives unquoted text a type: 1.10 is a number and loses its zero, true "
                                 "is no string. Put text in quotes, "
                                 "and check that lists and mappings are indented as meant."};

constinit const Rule schema_enum{
    "schema-enum", error, invalid, "A value is not one of those allowed here.",
    "Only the listed words have a meaning. Use one of them; the message names the nearest."};

constinit const Rule schema_pattern{"schema-pattern", error, invalid,
                                    "A text does not have the form that is required here.",
                                    "Names become file names, unit names and arguments, so each has a form "
                                    "that is safe there. Write it in the form "
                                    "that the message shows."};

constinit const Rule schema_range{
    "schema-range", error, invalid, "A number is too small or too large.",
    "The bounds are those within which the value has an effect on a host. Choose a number between them."};

constinit const Rule schema_length{"schema-length", error, invalid,
                                   "A text or list is too short or too long.",
                                   "An empty one says nothing, and an overlong one fits no place where it is "
                                   "used. Bring it within the limits."};

constinit const Rule schema_duplicate_item{"schema-duplicate-item", error, invalid,
                                           "A list names the same thing twice.",
                                           "The second entry has no effect; it is often a slip for something "
                                           "else that was meant. Remove or correct it."};

constinit const Rule schema_other{
    "schema-other", error, invalid, "A value breaks a rule of the schema.",
    "The document as a whole does not fit its schema although each part may. The message names the rule; run "
    "addonctl schema to read it."};

// Manifests.

constinit const Rule control_character{"control-character", error, invalid,
                                       "A text has a control character in it.",
                                       "A line break in a name or path would start a new line of a unit, and "
                                       "so a directive that nobody reviewed. "
                                       "Remove the character."};

constinit const Rule unsafe_path{
    "unsafe-path", error, invalid, "A path leads out of the place that it belongs to.",
    "Files are written as root: a path that is absolute where it must not be, has '..' in it or names a "
    "system "
    "directory reaches other people's files. Use a path below the add-on's own directories."};

constinit const Rule unsafe_unit_name{
    "unsafe-unit-name", error, invalid, "A unit's name is not a safe name.",
    "Names with '/', ',', '@', '\\' or a leading '-' are read as paths, lists or options by the tools that "
    "get "
    "them. Use letters, digits, ':', '-', '_' and '.', ending in .service or .timer. A unit that enables "
    "one of the add-on's has no '\\' in its name, either."};

constinit const Rule capability_unknown{"capability-unknown", error, invalid,
                                        "A name is not that of a Linux capability.",
                                        "What is not known cannot be judged, so the whole request is "
                                        "refused. capabilities(7) lists the names; case "
                                        "and the prefix cap_ do not matter."};

constinit const Rule capability_blank{"capability-blank", warning, invalid,
                                      "A list of capabilities has a blank entry.",
                                      "The entry is dropped. It is often what is left of a template that was "
                                      "not filled in. Remove it, or name the "
                                      "capability that was meant."};

constinit const Rule delivery_supervision_mismatch{
    "delivery-supervision-mismatch", error, invalid, "The delivery and the supervision do not go together.",
    "compiled-in goes with config-toggle; pushed-artifact with all but config-toggle; os-package with "
    "systemd-service, systemd-timer and agent-sidecar. Anything else could not be activated. Change one of "
    "them."};

constinit const Rule health_exec{
    "health-exec", error, invalid, "health.exec names no program of the add-on.",
    "It is run as the add-on's user when all is installed, so it must be an executable file of this very "
    "version: current/FILE. Another program of the host may be another one tomorrow."};

constinit const Rule addon_cycle{
    "addon-cycle", error, invalid, "Add-ons need each other in a circle.",
    "An add-on is activated after those that requires.addons names. In a circle none of them can be the "
    "first. Take one requirement out: what both need may be an add-on of its own."};

constinit const Rule manifest_not_honoured{
    "manifest-not-honoured", warning, invalid,
    "The manifest asks for something that this version does not do.",
    "The field is valid and is carried along, but nothing comes of it, so whoever relies on it would be "
    "wrong. See to it in another way, or leave the field out."};

constinit const Rule memory_high_above_max{"memory-high-above-max", error, invalid,
                                           "memory_high_bytes is larger than memory_max_bytes.",
                                           "The kernel slows a program down at the first limit and kills it "
                                           "at the second, so the first would never take "
                                           "effect. Lower memory_high_bytes or raise memory_max_bytes."};

constinit const Rule version_constraint{"version-constraint", error, invalid,
                                        "A version constraint cannot be read.",
                                        "A constraint that is not understood would be one that is not kept. "
                                        "Use comparisons joined by blanks or commas, "
                                        "such as \">=1.2.0 <2.0.0\"."};

constinit const Rule package_capabilities{
    "package-capabilities", error, invalid, "An os-package asks for file capabilities.",
    "They would go onto a file of the package, and the package manager replaces that file with each upgrade: "
    "without them, and without an error. Let the unit have AmbientCapabilities= instead."};

constinit const Rule primary_unit_ambiguous{
    "primary-unit-ambiguous", error, invalid, "More than one unit could be the primary one.",
    "Only the primary unit is enabled and started, so guessing would start the wrong program. Name it in "
    "systemd.primary."};

constinit const Rule primary_unit_missing{"primary-unit-missing", error, invalid,
                                          "There is no unit that could be the primary one.",
                                          "systemd-service needs a .service and systemd-timer a .timer to "
                                          "enable and start. Add the unit to the bundle, "
                                          "or correct systemd.units and systemd.primary."};

// Units.

constinit const Rule unit_encoding{"unit-encoding", error, invalid, "The unit is not plain UTF-8 text.",
                                   "systemd skips lines that it cannot decode and cuts a line at a null "
                                   "byte, so the unit would not do what it "
                                   "shows. Save the file as UTF-8 without null bytes."};

constinit const Rule unit_syntax{"unit-syntax", error, invalid,
                                 "A line of the unit is not one that systemd would read.",
                                 "systemd ignores such a line with a message in its log, so a restriction "
                                 "written there has no effect. Write "
                                 "NAME=VALUE below a [Section]."};

constinit const Rule unit_incomplete{"unit-incomplete", error, invalid,
                                     "The unit lacks something that it cannot work without.",
                                     "systemd would refuse to load, start or enable it after everything else "
                                     "has been changed. Add the section or "
                                     "directive that the message names."};

constinit const Rule unit_value{"unit-value", error, invalid,
                                "A directive has a value that systemd would not accept.",
                                "systemd ignores the directive and goes on with its default, which often "
                                "means more privileges. Correct the "
                                "value as systemd.exec(5) and systemd.unit(5) describe it."};

// Bundles.

constinit const Rule bundle_unreadable{
    "bundle-unreadable", error, invalid, "The bundle cannot be read.",
    "Every file of a bundle is read and hashed before anything is planned. Check its path and permissions."};

constinit const Rule exec_no_program{"exec-no-program", error, invalid,
                                     "exec.binary names the manifest, a unit or the configuration schema.",
                                     "The file that it names is made executable and gets the capabilities, "
                                     "so it must be the program and nothing "
                                     "that is read as something else. Name the program."};

constinit const Rule bundle_manifest_missing{"bundle-manifest-missing", error, invalid,
                                             "The bundle has no manifest.",
                                             "The manifest says what the add-on is and what it asks for. Put "
                                             "addon.yaml or NAME.addon.yaml at the top of the "
                                             "bundle."};

constinit const Rule bundle_manifest_ambiguous{"bundle-manifest-ambiguous", error, invalid,
                                               "The bundle has more than one manifest.",
                                               "A bundle is one version of one add-on; with two manifests, "
                                               "one would be reviewed and the other installed. Keep "
                                               "one, or name the file to use."};

constinit const Rule bundle_file_missing{
    "bundle-file-missing", error, invalid, "The manifest names a file that the bundle does not have.",
    "The add-on would be installed without a part that it needs. Add the file, or correct its name in the "
    "manifest."};

constinit const Rule bundle_file_unlisted{"bundle-file-unlisted", error, invalid,
                                          "The bundle has a file that the manifest does not name.",
                                          "A manifest that lists its files promises that there are no "
                                          "others. Add the file to files, or leave it out of "
                                          "the bundle."};

constinit const Rule bundle_file_unused{
    "bundle-file-unused", error, invalid, "The bundle has a file that its model has no use for.",
    "compiled-in installs no files, and only systemd-service and systemd-timer install units. A file that "
    "comes to nothing, or a unit that is never installed, is not what its author expects. Leave it out of "
    "the "
    "bundle, or change delivery or supervision."};

constinit const Rule bundle_file_type{"bundle-file-type", error, invalid,
                                      "The bundle has something other than regular files and directories.",
                                      "Links, devices, sockets and pipes make root read or write what is not "
                                      "part of the bundle. Replace it by a "
                                      "regular file."};

constinit const Rule bundle_hard_link{"bundle-hard-link", error, invalid,
                                      "A file of the bundle has more than one hard link.",
                                      "Whoever holds the other name can change the file after it was "
                                      "checked. Copy it, so that the bundle has a file "
                                      "of its own."};

constinit const Rule bundle_set_id{"bundle-set-id", error, invalid,
                                   "A file of the bundle has a set-user-ID or set-group-ID bit.",
                                   "The bit gives the file's owner's rights to everyone who runs it, past "
                                   "any capability that policy grants. Clear "
                                   "it with chmod a-s."};

constinit const Rule bundle_xattr{"bundle-xattr", error, invalid,
                                  "A file of the bundle has extended attributes.",
                                  "File capabilities and access lists are extended attributes: they come "
                                  "from policy, never from a bundle. Remove "
                                  "them with setfattr -x or setcap -r."};

constinit const Rule bundle_file_name{"bundle-file-name", error, invalid,
                                      "A file of the bundle has a name that is not safe.",
                                      "Names with control characters, '\\' or invalid UTF-8 are shown as "
                                      "something else than they are, and names with '..' lead elsewhere. "
                                      "Rename the file."};

constinit const Rule bundle_limit{"bundle-limit", error, invalid,
                                  "The bundle exceeds a limit on its size or number of files.",
                                  "The limits keep one add-on from filling the disk of a host. Make the "
                                  "bundle smaller, or raise the limit in the "
                                  "site policy."};

constinit const Rule config_schema_missing{"config-schema-missing", warning, invalid,
                                           "The manifest's config_schema is not in the bundle.",
                                           "The add-on runs without it, but its configuration cannot be "
                                           "checked before it is used. Add the file, or remove "
                                           "config_schema."};

constinit const Rule duplicate_addon{
    "duplicate-addon", error, invalid, "Two manifests describe the same add-on.",
    "Only one version of an add-on can be active. Pass only the one that is wanted."};

}  // namespace rules
}  // namespace core
}  // namespace addon
