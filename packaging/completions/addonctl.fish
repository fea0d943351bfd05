# Completion of addonctl(1) for fish. What could stand at the cursor is known to "addonctl complete".
function __addonctl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (command $words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :directories
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete -c addonctl -f -a '(__addonctl_complete)'
