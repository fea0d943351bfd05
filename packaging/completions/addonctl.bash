# Completion of addonctl(1) for bash. What could stand at the cursor is known to "addonctl complete".
_addonctl() {
  local words=() prefix='' line i
  # bash breaks words at "=": what belongs together is put together again.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    if ((i > 1)) && [[ ${COMP_WORDS[i]} == = || ${COMP_WORDS[i - 1]} == = ]]; then
      words[-1]+=${COMP_WORDS[i]}
    else
      words+=("${COMP_WORDS[i]}")
    fi
  done
  [[ ${words[-1]} == -*=* ]] && prefix=${words[-1]%%=*}=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o filenames && mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${words[-1]#"$prefix"}") ;;
      :directories)
        compopt -o filenames && mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "${words[-1]#"$prefix"}")
        ;;
      *)
        line=${line%%$'\t'*}
        COMPREPLY+=("${line#"$prefix"}")
        ;;
    esac
  done < <("$1" complete -- "${words[@]}" 2>/dev/null)
}
complete -F _addonctl addonctl
