// Rules about what a site allows and what a host is: policy, traps, hosts and plans.
#include "core/rule_words.hpp"

namespace addon {
inline namespace core {
namespace rules {

// Policy.

constinit const Rule policy_invalid{"policy-invalid", error, invalid,
                                    "The site policy contradicts itself or cannot be understood.",
                                    "A policy that is misread allows what its author meant to forbid, so "
                                    "nothing is decided by it. Correct it and "
                                    "run addonctl policy check."};

constinit const Rule policy_missing{"policy-missing", error, denied, "There is no site policy.",
                                    "What no policy line allows is not allowed, so without a policy nothing "
                                    "is. Write /etc/addonctl/policy.yaml as "
                                    "root."};

constinit const Rule policy_untrusted{
    "policy-untrusted", error, failed, "Someone other than root can change the site policy.",
    "Whoever can write the file, or a directory above it, decides what root installs. Make root the owner of "
    "the "
    "file and of each directory above it, and take write permission from group and others."};

constinit const Rule policy_capability{"policy-capability", error, denied,
                                       "No policy line allows a capability that the add-on would get.",
                                       "Capabilities are parts of root's power; each needs someone who "
                                       "allowed it. Ask for less, or let the site's "
                                       "owner allow it for this add-on with a grant."};

constinit const Rule policy_capability_denied{
    "policy-capability-denied", error, denied,
    "The site policy denies a capability that the add-on would get.",
    "A deny wins over every allow and every grant. Do without the capability; only the site's owner can "
    "remove the "
    "deny."};

constinit const Rule policy_supervision{"policy-supervision", error, denied,
                                        "No policy line allows this kind of supervision.",
                                        "The kind of supervision decides who starts the program and when. "
                                        "Use one that supervision.allow names, or have "
                                        "it added there."};

constinit const Rule policy_delivery{"policy-delivery", error, denied,
                                     "No policy line allows this kind of delivery.",
                                     "The kind of delivery decides where the bytes come from that run with "
                                     "privileges. Use one that delivery.allow "
                                     "names, or have it added there."};

constinit const Rule policy_run_as{"policy-run-as", error, denied,
                                   "No policy line allows the user or group that the add-on would run as.",
                                   "A program can do all that its user and its groups can, and a service "
                                   "without User= runs as root. Name an allowed user in "
                                   "run_as and in the unit's User=, or have the user added to run_as.allow."};

constinit const Rule policy_unit_name{"policy-unit-name", error, denied,
                                      "No policy line allows a unit of this name.",
                                      "An add-on that chooses its units' names freely could pose as a part "
                                      "of the system. Rename the unit to fit "
                                      "units.names, or have a pattern added there."};

constinit const Rule policy_exec_prefix{"policy-exec-prefix", error, denied,
                                        "No policy line allows the prefix before an Exec line's program.",
                                        "'+', '!' and '!!' start the program with more rights than the "
                                        "unit's other lines show. Remove the prefix, or "
                                        "have it added to units.exec_prefixes by a grant."};

constinit const Rule policy_exec_path{
    "policy-exec-path", error, denied, "No policy line allows a program that an Exec line runs.",
    "What the add-on brings itself was decided on by its bundle; any other program needs a line of "
    "units.exec_paths. Run the add-on's own program by its whole path below /opt/addons/ID/current, or have "
    "the "
    "path added."};

constinit const Rule policy_unit_reference{
    "policy-unit-reference", error, denied, "The unit reaches a unit that does not belong to the add-on.",
    "Requires=, Conflicts=, OnFailure=, a timer's Unit= and their like start, stop or change other units. "
    "Alias= takes their names and Also= enables them, which no line can allow. "
    "Refer to the add-on's own units, or have "
    "the unit added to units.references."};

constinit const Rule policy_unit_forbidden{
    "policy-unit-forbidden", error, denied, "The site policy forbids a directive that the unit has.",
    "A forbidden directive is refused whatever else is allowed, also with an empty value. Remove it from the "
    "unit; only the site's owner can take it out of units.forbid."};

constinit const Rule policy_unit_required{"policy-unit-required", error, denied,
                                          "The unit lacks a setting that the site policy requires.",
                                          "units.require names directives and the values that will do, and "
                                          "systemd's default does not count. Set the "
                                          "directive in the unit."};

constinit const Rule policy_state_dir{"policy-state-dir", error, denied,
                                      "No policy line allows a state directory of the add-on.",
                                      "An add-on that chooses where its data goes could take another's "
                                      "place: systemd gives all of a StateDirectory= to the unit's user, and "
                                      "removes a RuntimeDirectory=. Use a directory that a pattern of "
                                      "paths.state_dirs covers, or have it added there."};

constinit const Rule policy_root_path{
    "policy-root-path", error, denied,
    "No policy line allows a path that systemd would open as root for the unit.",
    "EnvironmentFile=, LoadCredential=, StandardOutput=append: and their like are opened by root, whoever "
    "User= names; PIDFile= is removed by root, and BindPaths= leads past closed directories. Leave the "
    "directive out, name a file of the add-on itself, or have the path added to paths.root_files."};

constinit const Rule policy_limit{"policy-limit", error, denied,
                                  "The add-on is larger than the site policy allows.",
                                  "limits bounds how many files an add-on has and how large they are "
                                  "together. Ship less, or have the limit "
                                  "raised."};

constinit const Rule policy_downgrade{"policy-downgrade", error, denied,
                                      "An older version would replace a newer one.",
                                      "An older version may have faults that the newer one has mended. Go "
                                      "back with addonctl rollback, or let the "
                                      "site policy say downgrade: allow."};

constinit const Rule policy_signature{"policy-signature", error, denied,
                                      "The site policy requires a signature that the add-on does not have.",
                                      "Where the site asks for proof, only what a key that it names has "
                                      "signed is installed. Sign the bundle, or "
                                      "get one that is signed. A version that is installed counts as signed "
                                      "as long as the key that signed it is "
                                      "trusted."};

constinit const Rule policy_grant_expired{"policy-grant-expired", warning, denied,
                                          "A grant of the site policy has expired or soon will.",
                                          "After its last day a grant allows nothing, and an add-on that "
                                          "needs it can no longer be applied. Renew it, or "
                                          "remove it if it is no longer needed."};

// The policy itself, and its test cases.

constinit const Rule policy_allow_denied{"policy-allow-denied", warning, invalid,
                                         "The site policy allows what it denies, too.",
                                         "A deny wins over every allow, so the allow does nothing, and "
                                         "whoever reads it takes it for a permission. "
                                         "Remove the allow, or the deny if the allow is what was meant."};

constinit const Rule policy_line_redundant{
    "policy-line-redundant", warning, invalid, "A line of the site policy changes nothing.",
    "Another line says the same, or more, for at least the same add-ons. A line that does nothing misleads: "
    "removing it takes nothing away, and removing the other one does not close what it opened. Remove one of "
    "the two."};

constinit const Rule policy_grant_unmatched{
    "policy-grant-unmatched", warning, invalid, "A grant of the site policy matches no add-on.",
    "It is for none of the add-ons that were looked at: those of the command line, or else the host's active "
    "ones. A misspelt id gives nothing, and a grant that was forgotten gives its rights to whoever takes "
    "that "
    "id next. Correct match.id, or remove the grant."};

constinit const Rule policy_pattern_wide{
    "policy-pattern-wide", warning, invalid, "A pattern of the site policy covers nearly everything.",
    "With it an add-on may take the name of a unit of the system, run any program, or write where others "
    "keep "
    "their data. Name what is needed, or a folder or prefix that only add-ons use."};

constinit const Rule policy_pattern_unusable{
    "policy-pattern-unusable", warning, invalid, "A pattern of the site policy can never match.",
    "Paths are matched as they are written, from the first '/' on and without '.', '..' and '//', and '*' "
    "does "
    "not stand for '/'. Units are services and timers. Write a pattern that can match, or remove it."};

constinit const Rule policy_test_invalid{
    "policy-test-invalid", error, invalid, "A case of a policy test cannot be judged.",
    "A case that expects nothing, or is for a day that does not exist, would pass whatever the policy says. "
    "Say what the case expects with verdict, allowed or denied."};

// Traps.

constinit const Rule capability_no_new_privileges{
    "capability-no-new-privileges", error, invalid,
    "The unit sets or implies NoNewPrivileges=, so the binary's capabilities have no effect.",
    "With it the kernel ignores file capabilities: the program starts without a single one, and without an "
    "error. "
    "Use AmbientCapabilities= in the unit, or remove the directive that implies NoNewPrivileges=."};

constinit const Rule capability_bounding_set{
    "capability-bounding-set", error, invalid,
    "The unit's CapabilityBoundingSet= lacks a capability that the binary would have.",
    "The kernel refuses to start a binary whose effective file capabilities exceed the bounding set (EPERM; "
    "systemd "
    "reports 203/EXEC). Add the capability to CapabilityBoundingSet=, or do not ask for it."};

constinit const Rule capability_ambient_void{
    "capability-ambient-void", error, invalid, "AmbientCapabilities= of the unit does not reach the program.",
    "systemd drops what CapabilityBoundingSet= lacks, and the kernel clears the ambient set of a program "
    "whose file has capabilities; both without an error. Of root, which has its whole bounding set anyway, "
    "it is only a warning. Ask for the capability in one place."};

constinit const Rule capability_world_executable{
    "capability-world-executable", error, invalid,
    "The manifest wants everyone to execute a program that has capabilities.",
    "Whoever may execute it has its capabilities, so it is 0750 and run_as's group, whatever files says. "
    "Leave its mode out."};

constinit const Rule run_as_contradicts_user{
    "run-as-contradicts-user", error, invalid,
    "The manifest's run_as and the unit's User= name different users.",
    "The unit's line is the one that takes effect, so the manifest promises something that does not happen. "
    "Make "
    "them the same; a service without User= runs as root."};

// The host.

constinit const Rule host_tampered{"host-tampered", error, failed,
                                   "Something below the add-on's directories is not what addonctl put there.",
                                   "A link or a foreign file there could lead root's writes elsewhere, so "
                                   "nothing is changed. Find out who changed "
                                   "it, remove it, and run addonctl diff."};

constinit const Rule host_unit_foreign{
    "host-unit-foreign", error, invalid, "A unit of this name exists and was not installed by addonctl.",
    "The add-on would replace or shadow a service that the system relies on. Rename the add-on's unit."};

constinit const Rule host_user_unknown{"host-user-unknown", error, invalid,
                                       "A user or group that the add-on needs does not exist on this host.",
                                       "systemd would refuse to start the unit (217/USER), and files could "
                                       "not be given to their owner. Create the "
                                       "user first, for example with systemd-sysusers."};

constinit const Rule host_capability_unknown{
    "host-capability-unknown", error, invalid,
    "The host's kernel does not know a capability that is asked for.",
    "The kernel would refuse or ignore it, and the program would run without it. Use a newer kernel, or do "
    "not ask "
    "for it."};

constinit const Rule host_state_dir{
    "host-state-dir", error, failed, "A state directory cannot be made, kept or deleted safely on this host.",
    "Root makes it, gives it to its owner and deletes it, so nobody but root and that owner may decide what "
    "stands there: no link or file in its place or on the way to it, and no directory that others can write. "
    "Nothing was changed. Put right what the message names."};

constinit const Rule state_dir_shared{
    "state-dir-shared", error, invalid, "Add-ons do not agree about a state directory.",
    "One of them would take the other's data away: by another owner or mode, or by deleting it. Give each a "
    "directory of its own, or let both ask for the same."};

constinit const Rule host_nosuid{"host-nosuid", error, failed,
                                 "The add-on's directory is on a filesystem mounted nosuid.",
                                 "There the kernel ignores file capabilities: the program starts without "
                                 "them, and without an error. Mount the "
                                 "filesystem without nosuid."};

constinit const Rule host_no_file_capabilities{
    "host-no-file-capabilities", error, failed,
    "The add-on's directory is on a filesystem that takes no file capabilities.",
    "vfat, ramfs and some network filesystems keep no "
    "security.capability attribute, so the program could not be given any. Put /opt/addons on another "
    "filesystem, such as ext4 or xfs."};

constinit const Rule host_program_writable{
    "host-program-writable", error, invalid,
    "Someone other than root can change a program that the unit runs.",
    "Whoever can write it, or a directory or link on the way to it, decides what the service runs. Make "
    "root the owner, and take write permission from group and others."};

constinit const Rule host_model_unsupported{
    "host-model-unsupported", error, failed,
    "The add-on cannot run on this host in the way that it asks for.",
    "The delivery, supervision or platform is not available here, and an add-on that does not run must not "
    "count as "
    "applied. Leave it out on this host, or use another way of delivery and supervision."};

constinit const Rule host_platform{
    "host-platform", error, invalid, "The add-on is not for this host's operating system.",
    "Its author names the systems that it runs on, and Linux is not among them. Add linux to "
    "requires.platforms if it does run there."};

constinit const Rule host_addon_missing{
    "host-addon-missing", error, invalid, "An add-on that this one needs is not there.",
    "Without it the program would start and not work. What counts is what is active once the plan is done: "
    "apply the other add-on first or in the same run, in a version that fits, and remove it last."};

constinit const Rule host_package{
    "host-package", error, invalid, "The package that brings the add-on is not on this host as it needs it.",
    "The distribution's package manager installs an os-package, and addonctl only activates what is there: "
    "whole, and in a version that requires.package takes. Install or upgrade the package, and apply again."};

constinit const Rule host_package_unit{"host-package-unit", error, invalid,
                                       "A unit of the add-on's package is not there, or not what would run.",
                                       "What systemd.units names must be a unit of the package itself, and "
                                       "one in /etc/systemd/system or /run comes "
                                       "before it: policy would judge one text, and systemd run another. "
                                       "Correct systemd.units, or unmask the unit "
                                       "and remove what replaces it."};

constinit const Rule host_package_program{
    "host-package-program", error, invalid,
    "The program that an agent is to start is not one of the package.",
    "Whatever stands at that path was not installed with the package, and nobody vouches for it. Let "
    "exec.install_path and exec.binary name a program of the package."};

constinit const Rule host_package_changed{"host-package-changed", error, failed,
                                          "The package of an active add-on was upgraded, changed or removed.",
                                          "What runs now is not what policy judged when the add-on was "
                                          "applied. Apply its bundle again, so that it is "
                                          "judged as it is now, or remove the add-on."};

constinit const Rule host_base_agent{
    "host-base-agent", error, invalid, "The host's base agent is not one that the add-on works with.",
    "requires.base_agent names the versions that will do. What the host has is the first line of "
    "/etc/addonctl/agent-version, or what the command prints that the policy's base_agent names; without "
    "either "
    "nobody can tell, and that counts as no."};

constinit const Rule host_architecture{"host-architecture", error, invalid,
                                       "The add-on's program is for another processor.",
                                       "The kernel could not execute it (ENOEXEC; systemd reports 203/EXEC). "
                                       "Use the bundle that was built for this "
                                       "host."};

constinit const Rule host_file_untrusted{
    "host-file-untrusted", error, failed, "Someone other than root can change a file that addonctl goes by.",
    "A local override changes what root runs, so whoever can write it, or a directory above it, decides "
    "that. "
    "Make root the owner, and take write permission from group and others."};

constinit const Rule override_disabled{"override-disabled", note, invalid,
                                       "A local override disables the add-on on this host.",
                                       "Its administrator wrote enabled: false into "
                                       "/etc/addonctl/overrides.d/ID.yaml. Whatever is applied, it is "
                                       "not activated, and is deactivated where it was active."};

constinit const Rule host_addon_needed{"host-addon-needed", error, failed,
                                       "An active add-on needs the one that would go or change.",
                                       "It would run on without what it needs. Take it off in the same run, "
                                       "or before, or let what it needs stay "
                                       "in a version that it can use."};

constinit const Rule host_version_altered{
    "host-version-altered", error, failed, "An installed version is no longer what was installed.",
    "Its files, owners, modes or capabilities differ from the record, so activating it would run something "
    "that "
    "nobody approved. Run addonctl diff to see what differs, and install the version again."};

constinit const Rule host_read_failed{
    "host-read-failed", error, failed, "The host failed while a file was read.",
    "A disk error, no memory, or too many open files: nothing is wrong with the file itself as far as is "
    "known. "
    "Look into the kernel's log and the limits of the process (ulimit -n), and try again."};

constinit const Rule reader_failed{"reader-failed", error, failed,
                                   "The process that reads untrusted input did not do so.",
                                   "What a caller sends is read by a process without privileges, and only "
                                   "what that hands back, checked once "
                                   "more, is used. It ended early, took too long or too much memory, or "
                                   "handed back what cannot be. Either the "
                                   "host has no memory left, or the input found a fault of this program: try "
                                   "again, and report it if it stays."};

constinit const Rule host_version_missing{"host-version-missing", error, failed,
                                          "The directory of a version that is to be activated is missing.",
                                          "Going on would leave the add-on without a program. Install that "
                                          "version again from its bundle, or choose a "
                                          "generation whose versions are all there."};
constinit const Rule version_content_changed{
    "version-content-changed", error, invalid, "A version that is on the host already has other content.",
    "A version stands for its bytes: replacing them under the same number "
    "would make every record of it wrong. Give the new content a new version."};

// Plans.

constinit const Rule plan_edited{
    "plan-edited", error, invalid, "The plan's content does not fit its digest.",
    "A plan is applied only as it was made and reviewed. Make a new plan with addonctl plan -o."};

constinit const Rule plan_stale{"plan-stale", error, invalid,
                                "Something that the plan is bound to has changed since it was made.",
                                "The policy, the bundles or the host are no longer those that the plan was "
                                "made from, so its reader saw other "
                                "changes than would happen now. Make a new plan, review it, and apply that."};

}  // namespace rules
}  // namespace core
}  // namespace addon
