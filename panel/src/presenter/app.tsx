import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { t } from '../i18n/t'
import { Complaint, LiveRegions, StaleBar } from '../shell/bar'
import { Gate } from '../shell/gate'
import { Header } from '../shell/header'
import { Rail } from '../shell/rail'
import { SheetPlace } from '../shell/sheet'
import { StopButton } from '../shell/stop'
import { canStop, devices, room } from '../store/room'
import { seesRoom, stale, who } from '../store/session'
import { Cards } from './cards'
import { Countdown } from './countdown'
import { Home } from './home'
import { Lift } from './lift'
import { Lights } from './lights'
import { Scenes } from './scenes'
import { ICONS, type Screen, screenIn, screenOf, screensOf } from './screens'
import './app.css'

const screen = signal<Screen>(screenIn(location.hash))
addEventListener('hashchange', () => {
  screen.value = screenIn(location.hash)
})

/** The presenter's page. */
export function App(): JSX.Element {
  return (
    <Gate>
      <div class="shell" data-stale={stale.value} data-screen={screen.value}>
        <Header page="" />
        <StaleBar />
        <Complaint />
        <Countdown />
        <Scenes />
        <div class="shell-body">
          <Rail label={t('nav.label')} entries={entries()} current={screen.value} />
          <main class="content">
            {room.value && <Content screen={screen.value} />}
            {!seesRoom(who.value) && <p>{t('auth.noRoom')}</p>}
          </main>
        </div>
        {canStop.value && (
          <div class="stop-place">
            <StopButton place="bar" />
          </div>
        )}
        <SheetPlace />
        <LiveRegions />
      </div>
    </Gate>
  )
}

function entries() {
  return screensOf(devices.value).map((id) => ({ id, label: t(`nav.${id}`), icon: ICONS[id] }))
}

function Content({ screen: name }: { screen: Screen }): JSX.Element {
  const here = devices.value.filter((device) => screenOf(device) === name)
  switch (name) {
    case 'home':
      return <Home />
    case 'lights':
      return <Lights devices={here} />
    case 'lift':
      return <Lift devices={here} />
    default:
      return <Cards devices={here} wide={name === 'cameras'} />
  }
}
