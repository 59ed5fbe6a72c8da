#compdef berth
# Completion of berth for zsh. In ~/.zshrc, after compinit:  source <(berth completion zsh)
_berth() {
    local line="${(j: :)words[1,CURRENT]}"
    local -a found
    found=("${(@f)$(berth "[suggest:${#line}]" "$line" 2>/dev/null)}")
    found=("${(@)found:#}")
    if (( ${#found} )); then
        compadd -- "${found[@]}"
    else
        _files
    fi
}
compdef _berth berth
