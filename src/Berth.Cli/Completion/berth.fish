# Completion of berth for fish:  berth completion fish >~/.config/fish/completions/berth.fish
function __berth_complete
    set -l line (commandline -cp)
    berth "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
end
# Files are offered beside.
complete -c berth -a '(__berth_complete)'
