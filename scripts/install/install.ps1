<#
.SYNOPSIS
Installs Posy for the current user, without administrator rights.
.DESCRIPTION
Works in Windows PowerShell 5.1 and PowerShell 7.
.PARAMETER From
The release: a URL or a folder with SHA256SUMS. The default is the folder of this script.
.PARAMETER Version
Installs this version: from FROM/VERSION, or from FROM if it has that version.
.PARAMETER Dir
The folder to install to. The default is %LOCALAPPDATA%\Programs\Posy.
.PARAMETER Platform
Installs for this platform, windows-x86_64 or windows-arm64. The default is the platform of this machine.
.PARAMETER ModifyPath
Adds the folder to the PATH of the user without asking.
.PARAMETER NoModifyPath
Does not change the PATH, and does not ask.
.PARAMETER NoCompletions
Writes no completions for PowerShell.
.PARAMETER Uninstall
Removes Posy, its completions and its entry in the PATH.
.EXAMPLE
powershell -ExecutionPolicy Bypass -File install.ps1 -From https://example.org/posy -ModifyPath
#>
param(
    [string]$From = '',
    [string]$Version = '',
    [string]$Dir = '',
    [string]$Platform = '',
    [switch]$ModifyPath,
    [switch]$NoModifyPath,
    [switch]$NoCompletions,
    [switch]$Uninstall
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
# A progress bar makes downloads in Windows PowerShell ten times slower.
$ProgressPreference = 'SilentlyContinue'

# `npm run build -- --all --from URL` writes the address of the release here.
$DefaultFrom = ''

$Known = 'windows-x86_64', 'windows-arm64'

function Stop-Install([string]$Message, [string]$Hint) {
    throw ([System.InvalidOperationException]::new("error: $Message`nhint: $Hint"))
}

function Get-Platform {
    # For an emulated PowerShell, the first variable has the real architecture.
    $machine = $env:PROCESSOR_ARCHITEW6432
    if (-not $machine) { $machine = $env:PROCESSOR_ARCHITECTURE }
    switch ($machine) {
        'AMD64' { return 'windows-x86_64' }
        'ARM64' { return 'windows-arm64' }
        default { Stop-Install "there is no Posy for Windows on ``$machine``" "there is one for $($Known -join ', ')" }
    }
}

# Gets a file of the release.
function Get-ReleaseFile([string]$Base, [string]$Name, [string]$Path) {
    if ($Base -match '^https?://') {
        Invoke-WebRequest -UseBasicParsing -Uri "$Base/$Name" -OutFile $Path
    } else {
        Copy-Item -LiteralPath (Join-Path $Base $Name) -Destination $Path
    }
}

# Compares a file with the checksum of the release.
function Test-Checksum([string]$Sums, [string]$Name, [string]$Path) {
    $line = Get-Content -LiteralPath $Sums | Where-Object { $_ -match "^[0-9a-f]{64}  $([regex]::Escape($Name))$" }
    if (-not $line) { Stop-Install "the release has no ``$Name``" 'pass another release: -From URL-OR-FOLDER' }
    $wanted = ([string]$line).Substring(0, 64)
    $actual = (Get-FileHash -Algorithm SHA256 -LiteralPath $Path).Hash.ToLowerInvariant()
    if ($actual -ne $wanted) {
        Stop-Install "``$Name`` is damaged: its SHA-256 is $actual, SHA256SUMS has $wanted" 'run the installer again'
    }
}

function Install-Posy {
    if (-not $script:From) { $script:From = $DefaultFrom }
    if (-not $script:From -and $PSScriptRoot -and (Test-Path -LiteralPath (Join-Path $PSScriptRoot 'SHA256SUMS'))) {
        $script:From = $PSScriptRoot
    }
    if (-not $script:From) { Stop-Install 'it is not known where to install from' 'pass the release: -From URL-OR-FOLDER' }
    $base = $script:From.TrimEnd('/', '\')
    if (-not $script:Platform) { $script:Platform = Get-Platform }
    if ($Known -notcontains $script:Platform) {
        Stop-Install "there is no Posy for the platform ``$script:Platform``" "there is one for $($Known -join ', ')"
    }

    # Windows PowerShell allows no TLS 1.2 by default on old systems.
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor 3072
    $created = -not (Test-Path -LiteralPath $Dir)
    $work = Join-Path $Dir ".posy-install.$PID"
    $done = $false
    try {
        New-Item -ItemType Directory -Force -Path $work | Out-Null
        $sums = Join-Path $work 'SHA256SUMS'
        if ($Version) {
            try { Get-ReleaseFile "$base/$Version" 'SHA256SUMS' $sums; $base = "$base/$Version" } catch { }
        }
        if (-not (Test-Path -LiteralPath $sums)) { Get-ReleaseFile $base 'SHA256SUMS' $sums }
        Write-Host "installing Posy for $script:Platform from $base"
        $archive = Join-Path $work 'posy.zip'
        Get-ReleaseFile $base "posy-$script:Platform.zip" $archive
        Test-Checksum $sums "posy-$script:Platform.zip" $archive
        Expand-Archive -LiteralPath $archive -DestinationPath $work
        $posy = Join-Path $work 'posy.exe'
        Test-Checksum $sums "posy-$script:Platform.exe" $posy
        $answer = & $posy --version
        if ($LASTEXITCODE -ne 0) {
            Stop-Install "Posy for $script:Platform does not run on this machine (exit code $LASTEXITCODE)" `
                'it needs Windows 10 version 1809 or later, and a processor with AVX2'
        }
        if ($Version -and $answer -ne "posy $($Version.TrimStart('v'))") {
            Stop-Install "the release ``$base`` has $answer, not $Version" 'pass the release with that version: -From'
        }
        $target = Join-Path $Dir 'posy.exe'
        if (Test-Path -LiteralPath $target) {
            # A running program cannot be replaced, but it can be renamed.
            $old = Join-Path $Dir 'posy.old.exe'
            Remove-Item -LiteralPath $old -Force -ErrorAction SilentlyContinue
            Move-Item -LiteralPath $target -Destination $old -Force
            try { Move-Item -LiteralPath $posy -Destination $target } catch {
                Move-Item -LiteralPath $old -Destination $target
                throw
            }
            Remove-Item -LiteralPath $old -Force -ErrorAction SilentlyContinue
        } else {
            Move-Item -LiteralPath $posy -Destination $target
        }
        $done = $true
        Write-Host "installed $answer to $target"
    } finally {
        if (Test-Path -LiteralPath $work) { Remove-Item -LiteralPath $work -Recurse -Force }
        if (-not $done -and $created -and (Test-Path -LiteralPath $Dir)) { Remove-Item -LiteralPath $Dir -Recurse -Force }
    }
    if (-not $NoCompletions) { Write-Completions }
    Add-ToPath
}

function Write-Completions {
    $text = & (Join-Path $Dir 'posy.exe') completions powershell 2>$null
    if ($LASTEXITCODE -ne 0 -or -not $text) { return }
    $file = Join-Path $Dir 'posy-completions.ps1'
    Set-Content -LiteralPath $file -Value $text -Encoding UTF8
    Write-Host "wrote completions to $file; to use them, add this line to `$PROFILE: . '$file'"
}

function Get-UserPath { [Environment]::GetEnvironmentVariable('Path', 'User') }

function Get-PathEntries { @(([string](Get-UserPath)) -split ';' | Where-Object { $_ -ne '' }) }

function Add-ToPath {
    if ((@($env:Path -split ';') -contains $Dir) -or ((Get-PathEntries) -contains $Dir)) { return }
    $change = [bool]$ModifyPath
    if (-not $change -and -not $NoModifyPath -and [Environment]::UserInteractive -and -not [Console]::IsInputRedirected) {
        $change = (Read-Host "$Dir is not in the PATH. Add it for your user? [y/N]") -match '^(y|yes)$'
    }
    if (-not $change) {
        Write-Host "to use it, add the folder to the PATH: $Dir"
        return
    }
    [Environment]::SetEnvironmentVariable('Path', ((@($Dir) + (Get-PathEntries)) -join ';'), 'User')
    Write-Host "added $Dir to the PATH of your user; open a new terminal to use it"
}

function Uninstall-Posy {
    $files = @('posy.exe', 'posy.old.exe', 'posy-completions.ps1' | ForEach-Object { Join-Path $Dir $_ } |
            Where-Object { Test-Path -LiteralPath $_ })
    if ($files.Count -eq 0) { Stop-Install "Posy is not installed in ``$Dir``" 'pass the folder that it is in: -Dir DIR' }
    foreach ($file in $files) {
        Remove-Item -LiteralPath $file -Force
        Write-Host "removed $file"
    }
    if (-not (Get-ChildItem -LiteralPath $Dir -Force)) { Remove-Item -LiteralPath $Dir }
    $entries = Get-PathEntries
    if ($entries -contains $Dir) {
        [Environment]::SetEnvironmentVariable('Path', (($entries | Where-Object { $_ -ne $Dir }) -join ';'), 'User')
        Write-Host "removed $Dir from the PATH of your user"
    }
    Write-Host "the interpreters and packages that Posy downloaded are still there: $env:LOCALAPPDATA\posy"
}

try {
    if (-not $Dir) {
        if (-not $env:LOCALAPPDATA) { Stop-Install '`LOCALAPPDATA` is not set' 'pass the folder to install to: -Dir DIR' }
        $Dir = Join-Path $env:LOCALAPPDATA 'Programs\Posy'
    }
    $Dir = [IO.Path]::GetFullPath($Dir)
    if ($Uninstall) { Uninstall-Posy } else { Install-Posy }
} catch {
    [Console]::Error.WriteLine($_.Exception.Message)
    exit 1
}
