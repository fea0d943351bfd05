// Names of directives, from `systemd --dump-configuration-items` of systemd 252 and the news of later ones.
#include "policy/directives.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace addon::policy {

namespace {

constexpr std::string_view in_unit =
    "After AllowIsolate AssertACPower AssertArchitecture AssertCPUFeature AssertCPUPressure "
    "AssertCPUs AssertCapability AssertControlGroupController AssertCredential "
    "AssertDirectoryNotEmpty AssertEnvironment AssertFileIsExecutable AssertFileNotEmpty "
    "AssertFirstBoot AssertGroup AssertHost AssertIOPressure AssertKernelCommandLine "
    "AssertKernelVersion AssertMemory AssertMemoryPressure AssertNeedsUpdate AssertOSRelease "
    "AssertPathExists AssertPathExistsGlob AssertPathIsDirectory AssertPathIsEncrypted "
    "AssertPathIsMountPoint AssertPathIsReadWrite AssertPathIsSymbolicLink AssertSecurity AssertUser "
    "AssertVirtualization Before BindTo BindsTo CollectMode ConditionACPower ConditionArchitecture "
    "ConditionCPUFeature ConditionCPUPressure ConditionCPUs ConditionCapability "
    "ConditionControlGroupController ConditionCredential ConditionDirectoryNotEmpty "
    "ConditionEnvironment ConditionFileIsExecutable ConditionFileNotEmpty ConditionFirmware "
    "ConditionFirstBoot ConditionGroup ConditionHost ConditionIOPressure ConditionKernelCommandLine "
    "ConditionKernelVersion ConditionMemory ConditionMemoryPressure ConditionNeedsUpdate "
    "ConditionOSRelease ConditionPathExists ConditionPathExistsGlob ConditionPathIsDirectory "
    "ConditionPathIsEncrypted ConditionPathIsMountPoint ConditionPathIsReadWrite "
    "ConditionPathIsSymbolicLink ConditionSecurity ConditionUser ConditionVirtualization Conflicts "
    "DefaultDependencies Description Documentation FailureAction FailureActionExitStatus "
    "IgnoreOnIsolate JobRunningTimeoutSec JobTimeoutAction JobTimeoutRebootArgument JobTimeoutSec "
    "JoinsNamespaceOf OnFailure OnFailureIsolate OnFailureJobMode OnSuccess OnSuccessJobMode PartOf "
    "PropagateReloadFrom PropagateReloadTo PropagatesReloadTo PropagatesStopTo RebootArgument "
    "RefuseManualStart RefuseManualStop ReloadPropagatedFrom Requires RequiresMountsFor "
    "RequiresOverridable Requisite RequisiteOverridable SourcePath StartLimitAction StartLimitBurst "
    "StartLimitInterval StartLimitIntervalSec StopPropagatedFrom StopWhenUnneeded SuccessAction "
    "SuccessActionExitStatus SurviveFinalKillSignal Upholds Wants WantsMountsFor";

constexpr std::string_view in_service =
    "AllowedCPUs AllowedMemoryNodes AmbientCapabilities AppArmorProfile BPFProgram BindLogSockets "
    "BindNetworkInterface BindPaths BindReadOnlyPaths BlockIOAccounting BlockIODeviceWeight "
    "BlockIOReadBandwidth BlockIOWeight BlockIOWriteBandwidth BusName CPUAccounting CPUAffinity "
    "CPUQuota CPUQuotaPeriodSec CPUSchedulingPolicy CPUSchedulingPriority CPUSchedulingResetOnFork "
    "CPUShares CPUWeight CacheDirectory CacheDirectoryMode CapabilityBoundingSet "
    "ConfigurationDirectory ConfigurationDirectoryMode CoredumpFilter CoredumpReceive "
    "DefaultMemoryLow DefaultMemoryMin Delegate DelegateNamespaces DelegateSubgroup DeviceAllow "
    "DevicePolicy DisableControllers DynamicUser Environment EnvironmentFile ExecCondition ExecPaths "
    "ExecReload ExecSearchPath ExecStart ExecStartPost ExecStartPre ExecStop ExecStopPost ExitType "
    "ExtensionDirectories ExtensionImagePolicy ExtensionImages ExtraFileDescriptors FailureAction "
    "FileDescriptorStoreMax FileDescriptorStorePreserve FinalKillSignal Group GuessMainPID "
    "IOAccounting IODeviceLatencyTargetSec IODeviceWeight IOReadBandwidthMax IOReadIOPSMax "
    "IOSchedulingClass IOSchedulingPriority IOWeight IOWriteBandwidthMax IOWriteIOPSMax IPAccounting "
    "IPAddressAllow IPAddressDeny IPCNamespacePath IPEgressFilterPath IPIngressFilterPath "
    "IgnoreSIGPIPE ImportCredential InaccessibleDirectories InaccessiblePaths KeyringMode KillMode "
    "KillSignal LimitAS LimitCORE LimitCPU LimitDATA LimitFSIZE LimitLOCKS LimitMEMLOCK LimitMSGQUEUE "
    "LimitNICE LimitNOFILE LimitNPROC LimitRSS LimitRTPRIO LimitRTTIME LimitSIGPENDING LimitSTACK "
    "LoadCredential LoadCredentialEncrypted LockPersonality LogExtraFields LogLevelMax LogNamespace "
    "LogRateLimitBurst LogRateLimitIntervalSec LogsDirectory LogsDirectoryMode "
    "ManagedOOMMemoryPressure ManagedOOMMemoryPressureDurationSec ManagedOOMMemoryPressureLimit "
    "ManagedOOMPreference ManagedOOMSwap MemoryAccounting MemoryDenyWriteExecute MemoryHigh MemoryKSM "
    "MemoryLimit MemoryLow MemoryMax MemoryMin MemoryPressureThresholdSec MemoryPressureWatch "
    "MemorySwapMax MemoryZSwapMax MemoryZSwapWriteback MountAPIVFS MountFlags MountImagePolicy "
    "MountImages NFTSet NUMAMask NUMAPolicy NetworkNamespacePath Nice NoExecPaths NoNewPrivileges "
    "NonBlocking NotifyAccess OOMPolicy OOMScoreAdjust OpenFile PAMName PIDFile PassEnvironment "
    "PermissionsStartOnly Personality PrivateBPF PrivateDevices PrivateIPC PrivateMounts "
    "PrivateNetwork PrivatePIDs PrivateTmp PrivateUsers ProcSubset ProtectClock ProtectControlGroups "
    "ProtectHome ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables "
    "ProtectProc ProtectSystem ReadOnlyDirectories ReadOnlyPaths ReadWriteDirectories ReadWritePaths "
    "RebootArgument ReloadSignal RemainAfterExit RemoveIPC Restart RestartForceExitStatus "
    "RestartKillSignal RestartMaxDelaySec RestartMode RestartPreventExitStatus RestartSec "
    "RestartSteps RestrictAddressFamilies RestrictFileSystems RestrictNamespaces "
    "RestrictNetworkInterfaces RestrictRealtime RestrictSUIDSGID RootDirectory RootDirectoryStartOnly "
    "RootEphemeral RootHash RootHashSignature RootImage RootImageOptions RootImagePolicy RootVerity "
    "RuntimeDirectory RuntimeDirectoryMode RuntimeDirectoryPreserve RuntimeMaxSec "
    "RuntimeRandomizedExtraSec SELinuxContext SecureBits SendSIGHUP SendSIGKILL SetCredential "
    "SetCredentialEncrypted SetLoginEnvironment Slice SmackProcessLabel SocketBindAllow "
    "SocketBindDeny Sockets StandardError StandardInput StandardInputData StandardInputText "
    "StandardOutput StartLimitAction StartLimitBurst StartLimitInterval StartupAllowedCPUs "
    "StartupAllowedMemoryNodes StartupBlockIOWeight StartupCPUShares StartupCPUWeight StartupIOWeight "
    "StartupMemoryHigh StartupMemoryLow StartupMemoryMax StartupMemorySwapMax StartupMemoryZSwapMax "
    "StateDirectory StateDirectoryMode SuccessExitStatus SupplementaryGroups SurviveFinalKillSignal "
    "SyslogFacility SyslogIdentifier SyslogLevel SyslogLevelPrefix SystemCallArchitectures "
    "SystemCallErrorNumber SystemCallFilter SystemCallLog TTYColumns TTYPath TTYReset TTYRows "
    "TTYVHangup TTYVTDisallocate TasksAccounting TasksMax TemporaryFileSystem TimeoutAbortSec "
    "TimeoutCleanSec TimeoutSec TimeoutStartFailureMode TimeoutStartSec TimeoutStopFailureMode "
    "TimeoutStopSec TimerSlackNSec Type UMask USBFunctionDescriptors USBFunctionStrings "
    "UnsetEnvironment User UtmpIdentifier UtmpMode WatchdogSec WatchdogSignal WorkingDirectory";

constexpr std::string_view in_timer =
    "AccuracySec DeferReactivation FixedRandomDelay OnActiveSec OnBootSec OnCalendar OnClockChange "
    "OnStartupSec OnTimezoneChange OnUnitActiveSec OnUnitInactiveSec Persistent RandomizedDelaySec "
    "RemainAfterElapse Unit WakeSystem";

constexpr std::string_view in_install = "Alias Also DefaultInstance RequiredBy UpheldBy WantedBy";

/// Several assignments add up, and an empty one takes back those before it.
constexpr std::string_view adding_up =
    "After Alias AllowedCPUs AllowedMemoryNodes Also AmbientCapabilities AssertACPower "
    "AssertArchitecture AssertCPUFeature AssertCPUPressure AssertCPUs AssertCapability "
    "AssertControlGroupController AssertCredential AssertDirectoryNotEmpty AssertEnvironment "
    "AssertFileIsExecutable AssertFileNotEmpty AssertFirstBoot AssertGroup AssertHost "
    "AssertIOPressure AssertKernelCommandLine AssertKernelVersion AssertMemory AssertMemoryPressure "
    "AssertNeedsUpdate AssertOSRelease AssertPathExists AssertPathExistsGlob AssertPathIsDirectory "
    "AssertPathIsEncrypted AssertPathIsMountPoint AssertPathIsReadWrite AssertPathIsSymbolicLink "
    "AssertSecurity AssertUser AssertVirtualization BPFProgram Before BindPaths BindReadOnlyPaths "
    "BindTo BindsTo BlockIODeviceWeight BlockIOReadBandwidth BlockIOWriteBandwidth CPUAffinity "
    "CacheDirectory CapabilityBoundingSet ConditionACPower ConditionArchitecture ConditionCPUFeature "
    "ConditionCPUPressure ConditionCPUs ConditionCapability ConditionControlGroupController "
    "ConditionCredential ConditionDirectoryNotEmpty ConditionEnvironment ConditionFileIsExecutable "
    "ConditionFileNotEmpty ConditionFirmware ConditionFirstBoot ConditionGroup ConditionHost "
    "ConditionIOPressure ConditionKernelCommandLine ConditionKernelVersion ConditionMemory "
    "ConditionMemoryPressure ConditionNeedsUpdate ConditionOSRelease ConditionPathExists "
    "ConditionPathExistsGlob ConditionPathIsDirectory ConditionPathIsEncrypted "
    "ConditionPathIsMountPoint ConditionPathIsReadWrite ConditionPathIsSymbolicLink ConditionSecurity "
    "ConditionUser ConditionVirtualization ConfigurationDirectory Conflicts Delegate DeviceAllow "
    "DisableControllers Documentation Environment EnvironmentFile ExecCondition ExecPaths ExecReload "
    "ExecSearchPath ExecStart ExecStartPost ExecStartPre ExecStop ExecStopPost ExtensionDirectories "
    "ExtensionImages ExtraFileDescriptors IODeviceLatencyTargetSec IODeviceWeight IOReadBandwidthMax "
    "IOReadIOPSMax IOWriteBandwidthMax IOWriteIOPSMax IPAddressAllow IPAddressDeny IPEgressFilterPath "
    "IPIngressFilterPath ImportCredential InaccessibleDirectories InaccessiblePaths JoinsNamespaceOf "
    "LoadCredential LoadCredentialEncrypted LogExtraFields LogsDirectory MountFlags MountImages "
    "NFTSet NUMAMask NoExecPaths OnActiveSec OnBootSec OnCalendar OnFailure OnStartupSec OnSuccess "
    "OnUnitActiveSec OnUnitInactiveSec OpenFile PartOf PassEnvironment PropagateReloadFrom "
    "PropagateReloadTo PropagatesReloadTo PropagatesStopTo ReadOnlyDirectories ReadOnlyPaths "
    "ReadWriteDirectories ReadWritePaths ReloadPropagatedFrom RequiredBy Requires RequiresMountsFor "
    "RequiresOverridable Requisite RequisiteOverridable RestartForceExitStatus "
    "RestartPreventExitStatus RestrictAddressFamilies RestrictFileSystems RestrictNamespaces "
    "RestrictNetworkInterfaces RootImageOptions RuntimeDirectory SecureBits SetCredential "
    "SetCredentialEncrypted SocketBindAllow SocketBindDeny Sockets StandardInputData "
    "StandardInputText StartupAllowedCPUs StartupAllowedMemoryNodes StateDirectory StopPropagatedFrom "
    "SuccessExitStatus SupplementaryGroups SystemCallArchitectures SystemCallFilter SystemCallLog "
    "TemporaryFileSystem UnsetEnvironment UpheldBy Upholds WantedBy Wants WantsMountsFor";

/// Those that are on or off, some with further values.
constexpr std::string_view booleans =
    "AllowIsolate BindLogSockets BlockIOAccounting CPUAccounting CPUSchedulingResetOnFork "
    "CoredumpReceive DefaultDependencies DeferReactivation Delegate DynamicUser "
    "FileDescriptorStorePreserve FixedRandomDelay GuessMainPID IOAccounting IPAccounting "
    "IgnoreOnIsolate IgnoreSIGPIPE LockPersonality MemoryAccounting MemoryDenyWriteExecute MemoryKSM "
    "MemoryZSwapWriteback MountAPIVFS NoNewPrivileges NonBlocking OnClockChange OnFailureIsolate "
    "OnTimezoneChange PermissionsStartOnly Persistent PrivateBPF PrivateDevices PrivateIPC "
    "PrivateMounts PrivateNetwork PrivatePIDs PrivateTmp PrivateUsers ProtectClock "
    "ProtectControlGroups ProtectHome ProtectHostname ProtectKernelLogs ProtectKernelModules "
    "ProtectKernelTunables ProtectSystem RefuseManualStart RefuseManualStop RemainAfterElapse "
    "RemainAfterExit RemoveIPC RestrictNamespaces RestrictRealtime RestrictSUIDSGID "
    "RootDirectoryStartOnly RootEphemeral RuntimeDirectoryPreserve SendSIGHUP SendSIGKILL "
    "SetLoginEnvironment StopWhenUnneeded SurviveFinalKillSignal SyslogLevelPrefix TTYReset "
    "TTYVHangup TTYVTDisallocate TasksAccounting WakeSystem";

struct Renamed {
  std::string_view old_name;
  std::string_view name;
};
constexpr std::array<Renamed, 9> renamed = {{{"BindTo", "BindsTo"},
                                             {"InaccessibleDirectories", "InaccessiblePaths"},
                                             {"PropagateReloadFrom", "ReloadPropagatedFrom"},
                                             {"PropagateReloadTo", "PropagatesReloadTo"},
                                             {"ReadOnlyDirectories", "ReadOnlyPaths"},
                                             {"ReadWriteDirectories", "ReadWritePaths"},
                                             {"RequiresOverridable", "Requires"},
                                             {"RequisiteOverridable", "Requisite"},
                                             {"StartLimitInterval", "StartLimitIntervalSec"}}};

std::vector<std::string> words(std::string_view list) {
  std::vector<std::string> result;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(' ', at), list.size());
    result.emplace_back(list.substr(at, end - at));
    at = end + 1;
  }
  return result;
}

bool has_word(std::string_view list, std::string_view word) {
  if (word.find(' ') != std::string_view::npos) return false;
  for (std::size_t at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || list[at - 1] == ' ';
    if (begins && (end == list.size() || list[end] == ' ')) return true;
  }
  return false;
}

}  // namespace

bool is_directive(std::string_view name) {
  return has_word(in_unit, name) || has_word(in_service, name) || has_word(in_timer, name) ||
         has_word(in_install, name);
}

std::string nearest_directive(std::string_view name) {
  std::vector<std::string> candidates;
  for (const std::string_view list : {in_unit, in_service, in_timer, in_install}) {
    for (std::string& word : words(list)) candidates.push_back(std::move(word));
  }
  return did_you_mean(name, candidates);
}

std::string_view preferred_name(std::string_view name) {
  const auto* found =
      std::find_if(renamed.begin(), renamed.end(), [&](const Renamed& one) { return one.old_name == name; });
  return found == renamed.end() ? name : found->name;
}

bool belongs_to(std::string_view name, std::string_view section) {
  if (section == "Unit") return has_word(in_unit, name);
  if (section == "Service") return has_word(in_service, name) || !is_directive(name);
  if (section == "Timer") return has_word(in_timer, name);
  return section == "Install" && has_word(in_install, name);
}

std::vector<const unit::Directive*> final_values(const std::vector<unit::Directive>& unit,
                                                 std::string_view name) {
  const std::string_view wanted = preferred_name(name);
  // One that is not known may well add up, and then no earlier value may escape the reader.
  const bool adds_up = has_word(adding_up, wanted) || !is_directive(wanted);
  std::vector<const unit::Directive*> values;
  for (const unit::Directive& directive : unit) {
    if (preferred_name(directive.key) != wanted || !belongs_to(directive.key, directive.section)) continue;
    const bool resets = !values.empty() && (directive.value.empty() || values.back()->value.empty());
    if (!adds_up || resets) values.clear();
    values.push_back(&directive);
  }
  return values;
}

bool same_value(std::string_view name, std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (!has_word(booleans, preferred_name(name))) return false;
  const auto as_boolean = unit::parse_boolean(a);
  return as_boolean && as_boolean == unit::parse_boolean(b);
}

}  // namespace addon::policy
